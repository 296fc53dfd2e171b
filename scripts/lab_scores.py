#!/usr/bin/env python3
"""Mean and spread of the scores of scripts/lab.sh: lab_scores.py DIR SEED..., in Markdown."""
import json, os, statistics, sys

scores = [json.load(open(os.path.join(sys.argv[1], s, "scores.json"))) for s in sys.argv[2:]]


def told(values):
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values) if len(values) > 1 else 0:.3f}"


sets = [("A: defaults", "detectors"), ("B: with baseline", "with_baseline"), ("B without novelty", "without_novelty"), ("naive rules", "naive")]
print(f"{len(scores)} seeds ({', '.join(sys.argv[2:])}), {sum(s['episodes'] for s in scores)} attacks; mean ± standard deviation over seeds.\n")
print("| | " + " | ".join(name for name, _ in sets) + " |\n|---|" + "---|" * len(sets))
rows = [("attacks in the right class, of all", lambda e, s: s["episodes_right"] / e["episodes"]), ("false entities", lambda e, s: s["false_entities"]), ("macro-F1", lambda e, s: s["macro_f1"])]
for i, c in enumerate(scores[0]["detectors"]["classes"]):
    rows.append((f"{c['class']}: F1", lambda e, s, i=i: s["classes"][i]["f1"]))
for name, of in rows:
    print(f"| {name} | " + " | ".join(told([of(e, e[key]) for e in scores]) for _, key in sets) + " |")
for seed, e in zip(sys.argv[2:], scores):
    print(f"\nSeed {seed}: missed {', '.join(e['detectors']['missed']) or 'none'}; falsely accused by default {', '.join(e['detectors']['false']) or 'nobody'}, with baseline {', '.join(e['with_baseline']['false']) or 'nobody'}.")
