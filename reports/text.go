package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// language is the texts of a page in one language, by key. Keys that begin with js. are for the page's scripts; title., doc. and col. with a name are
// those of a query or a column, for which English has what the query says.
type language struct {
	tag   string // BCP 47
	texts map[string]string
}

var (
	english = &language{"en", textEnglish}
	chinese = &language{"zh-TW", textChinese}
)

// Languages are the tags (BCP 47) of the languages that a page can be in; the first is the one it is in unless told.
var Languages = []string{english.tag, chinese.tag}

// withQueries adds to the texts of a language those of queries, titles before texts, and of their columns.
func withQueries(queries map[string][2]string, columns, texts map[string]string) map[string]string {
	for name, of := range queries {
		texts["title."+name], texts["doc."+name] = of[0], of[1]
	}
	for name, heading := range columns {
		texts["col."+name] = heading
	}
	return texts
}

// languageOf is the language of a tag; "" is the first of Languages.
func languageOf(tag string) (*language, error) {
	switch tag {
	case "", english.tag:
		return english, nil
	case chinese.tag:
		return chinese, nil
	}
	return nil, fmt.Errorf("language %q: one of %s", tag, strings.Join(Languages, ", "))
}

// say is the text of a key, its verbs filled in. A key that the language lacks is said in English.
func (w *language) say(key string, args ...any) string {
	text, ok := w.texts[key]
	if !ok {
		text = textEnglish[key]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// count is a number with its noun: the text of key count.NOUN, in which | parts the singular from the plural.
func (w *language) count(n int64, noun string) string {
	one, many, both := strings.Cut(w.say("count."+noun), "|")
	if both && n != 1 {
		one = many
	}
	return fmt.Sprintf(one, grouped(n))
}

// title is the heading of a query, and doc what it answers.
func (w *language) title(query, english string) string { return w.own("title."+query, english) }

func (w *language) doc(query, english string) string { return w.own("doc."+query, english) }

// own is the language's text of a key, or another where it has none.
func (w *language) own(key, otherwise string) string {
	if text, ok := w.texts[key]; ok {
		return text
	}
	return otherwise
}

// heading is the name of a column in words, escaped for display.
func (w *language) heading(column string) string {
	return w.own("col."+column, queries.EscapeText(strings.ReplaceAll(column, "_", " ")))
}

// scripts are the texts for the page's scripts, by key without js.
func (w *language) scripts() map[string]string {
	out := map[string]string{}
	for key := range textEnglish {
		if name, ok := strings.CutPrefix(key, "js."); ok {
			out[name] = w.say(key)
		}
	}
	return out
}

// advice is what to do next about verdicts of a class.
func (w *language) advice(class string) string {
	if !slices.Contains(queries.Classes, class) {
		class = "other"
	}
	return w.say("next." + class)
}

// sureness is how sure a verdict is, in words.
func (w *language) sureness(score float64) string {
	switch {
	case score >= 0.9:
		return w.say("sure.almost")
	case score >= 0.7:
		return w.say("sure.likely")
	case score >= 0.4:
		return w.say("sure.possible")
	}
	return w.say("sure.weak")
}
