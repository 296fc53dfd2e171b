"""SQL of DuckDB, as pcaplake has it, turned into that of Spark 4.

sqlglot knows most of what the two write differently; here is the rest, a rule for each kind of node. Rules keep values: what DuckDB computes as a DOUBLE is one here, and a
NULL stays where it was. What no rule can say raises NotImplementedError, so that nothing is answered by something else.
"""

import sqlglot
from sqlglot import exp

TYPES = {"INTEGER": "INT", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN", "VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ", "BLOB": "BINARY"}

RULES = {}


def rule(*kinds):
    def add(function):
        RULES.update(dict.fromkeys(kinds, function))
        return function
    return add


def call(name, *arguments):
    return exp.Anonymous(this=name, expressions=[exp.convert(a) if isinstance(a, (int, str)) else a for a in arguments])


def cast(node, kind):
    return exp.Cast(this=node, to=exp.DataType.build(kind, dialect="spark"))


def condition(node):
    """The condition of the FILTER around an aggregate, if there is one."""
    return node.parent.expression.this.copy() if isinstance(node.parent, exp.Filter) and node.arg_key == "this" else None


def put(node, new):
    """Sets new where node was, in the place of the FILTER around it as well: new has its own."""
    at = node.parent if condition(node) is not None else node
    if at is at.root():
        return new
    at.replace(new)
    return None


def filtered(aggregate, *conditions):
    conditions = [c.copy() for c in conditions if c is not None]
    return exp.Filter(this=aggregate, expression=exp.Where(this=exp.and_(*conditions))) if conditions else aggregate


def macro(name):
    """The rule of an aggregate that has a function over the list of its values, in macros.sql."""
    def turn(node, value, *others):
        return put(node, call(name, filtered(call("collect_list", value.copy()), condition(node)), *[o.copy() for o in others]))
    return turn


@rule(exp.Div)
def division(node):
    # By 0 it is NULL, and of whole numbers a DOUBLE.
    return node.replace(call("try_divide", cast(node.this.copy(), "DOUBLE"), cast(node.expression.copy(), "DOUBLE")))


@rule(exp.Round)
def rounding(node):
    # DuckDB rounds the binary number, Spark its decimal text.
    digits = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    whole = call("round", exp.Mul(this=exp.Paren(this=cast(node.this.copy(), "DOUBLE")), expression=cast(exp.Literal.number(10 ** digits), "DOUBLE")), 0)
    return node.replace(exp.Paren(this=exp.Div(this=whole, expression=cast(exp.Literal.number(10 ** digits), "DOUBLE"))))


@rule(exp.ArgMax, exp.ArgMin)
def extreme(node):
    # Rows whose value is NULL don't count.
    name = "max_by" if isinstance(node, exp.ArgMax) else "min_by"
    value = node.this.copy()
    return put(node, filtered(call(name, value, node.expression.copy()), exp.Is(this=value.copy(), expression=exp.Null()).not_(), condition(node)))


@rule(exp.ArrayAgg)
def listing(node):
    """list(DISTINCT x ORDER BY x) and list(x ORDER BY keys); NULL of no rows, NULL items last."""
    value, keys, where = node.this, [], condition(node)
    if isinstance(value, exp.Order):
        value, keys = value.this, value.expressions
    if any(k.args.get("desc") for k in keys):
        raise NotImplementedError("a list in falling order")
    if isinstance(node.parent, exp.Window):
        return node.replace(call("collect_list", value.copy()))
    rows = exp.GT(this=filtered(exp.Count(this=exp.Star()), where), expression=exp.Literal.number(0))
    if isinstance(value, exp.Distinct):
        value = value.expressions[0]
        if any(k.this != value for k in keys):
            raise NotImplementedError("a list of what is different in another order than its own")
        empty = filtered(exp.Count(this=exp.Star()), exp.Is(this=value.copy(), expression=exp.Null()), where)
        items = call("concat", call("array_sort", filtered(call("collect_set", value.copy()), where)),
                     exp.If(this=exp.GT(this=empty, expression=exp.Literal.number(0)), true=call("array", exp.Null()), false=call("array")))
    elif keys:
        null = [exp.Paren(this=exp.Is(this=k.this.copy(), expression=exp.Null())) for k in keys]  # which come last
        item = call("named_struct", *[p for i, k in enumerate(keys) for p in (f"n{i}", null[i], f"k{i}", k.this.copy())], "item", value.copy())
        items = call("transform", call("array_sort", filtered(call("collect_list", item), where)),
                     exp.Lambda(this=exp.Dot(this=exp.to_identifier("s"), expression=exp.to_identifier("item")), expressions=[exp.to_identifier("s")]))
    else:
        items = filtered(call("collect_list", value.copy()), where)
    return put(node, exp.If(this=rows, true=items, false=exp.Null()))


@rule(exp.GroupConcat)
def joined(node):
    # Spark's LISTAGG(DISTINCT) fails beside other aggregates of what is different, and with functions inside.
    value = node.this.this if isinstance(node.this, exp.Order) else node.this
    if not isinstance(value, exp.Distinct):
        return None
    if isinstance(node.this, exp.Order) and [k.this for k in node.this.expressions] != value.expressions:
        raise NotImplementedError("a text of what is different in another order than its own")
    items = filtered(call("collect_set", value.expressions[0].copy()), condition(node))
    text = call("array_join", call("array_sort", items), node.args["separator"].copy())
    return put(node, exp.If(this=exp.GT(this=call("size", items.copy()), expression=exp.Literal.number(0)), true=text, false=exp.Null()))


@rule(exp.GenerateSeries)
def numbers(node):
    # Of BIGINT, as DuckDB has it.
    for name in "start", "end":
        node.set(name, cast(node.args[name].copy(), "BIGINT"))


@rule(exp.PercentileDisc)
def discrete(node):
    return macro("sorted_at")(node, node.this, node.expression)


@rule(exp.PercentileCont)
def continuous(node):
    return put(node, filtered(call("percentile", node.this.copy(), node.expression.copy()), condition(node)))


@rule(exp.Nullif)
def null_if(node):
    # Spark's own cannot have an aggregate inside.
    return node.replace(exp.If(this=exp.EQ(this=node.this.copy(), expression=node.expression.copy()), true=exp.Null(), false=node.this.copy()))


@rule(exp.JSONObject)
def json_object(node):
    fields = [part for pair in node.expressions for part in (pair.this.copy(), pair.expression.copy())]
    return node.replace(call("to_json", call("named_struct", *fields), call("map", "ignoreNullFields", "false")))


@rule(exp.Bracket)
def element(node):
    index = node.expressions[0]
    if isinstance(index, exp.Slice):
        return node.replace(part(node.this, index.this, index.expression))
    if index.is_string:
        return None
    if index.is_int:  # the parser counted from 0
        index = exp.convert(int(index.to_py()) + 1)
    return node.replace(call("try_element_at", node.this.copy(), cast(index.copy(), "INT")))


def part(items, first, last):
    """items[1:last], or items[-n:]."""
    if isinstance(first, exp.Neg) and last is None:
        n = cast(first.this.copy(), "INT")
        return call("slice", items.copy(), call("greatest", exp.Neg(this=n), exp.Neg(this=call("size", items.copy()))), n.copy())
    if first is not None and first.is_int and first.to_py() == 1 and last is not None:
        return call("slice", items.copy(), 1, call("greatest", cast(last.copy(), "INT"), 0))
    raise NotImplementedError("this part of a list")


@rule(exp.Explode)
def exploded(node):
    # Spark calls no function of SQL there: the list is made one level below.
    select = node.find_ancestor(exp.Select)
    if not select.selects[0].is_star or len(select.selects) != 2:
        return None
    items = exp.to_identifier("_items")
    below = exp.Select(expressions=[exp.Star(), exp.alias_(node.this.copy(), items.copy())])
    for part in "from_", "joins", "where":
        below.set(part, select.args.pop(part, None))
    select.selects[0].replace(exp.Star(except_=[items.copy()]))
    select.set("from_", exp.From(this=exp.Subquery(this=below, alias=exp.TableAlias(this=exp.to_identifier("_below")))))
    return node.this.replace(exp.column(items))


@rule(exp.Length)
def length(node):
    # sqlglot reads len and length as one; in our SQL len, of three letters, is of lists.
    return node.replace(call("size", node.this.copy())) if node.meta["end"] - node.meta["start"] == 2 else None


@rule(exp.DateTrunc, exp.TimestampTrunc)
def truncated(node):
    widths = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}
    return node.replace(call("bin_start", node.this.copy(), widths[node.args["unit"].name.upper()] * 1000000))


@rule(exp.DataType)
def kind(node):
    types = {exp.DataType.Type.INT128: "DECIMAL(38, 0)", exp.DataType.Type.UBIGINT: "BIGINT"}
    return node.replace(exp.DataType.build(types[node.this], dialect="spark")) if node.this in types else None


@rule(exp.UnixToTime)
def from_microseconds(node):
    return node.replace(cast(call("timestamp_micros", node.this.copy()), "TIMESTAMP_NTZ"))


@rule(exp.ArrayOverlaps)
def overlap(node):
    return node.replace(call("arrays_overlap", node.this.copy(), node.expression.copy()))


@rule(exp.Star)
def replaced(node):
    aliases = node.args.get("replace")
    if aliases:
        node.set("replace", None)
        node.set("except_", [exp.to_identifier(a.alias) for a in aliases])
        at = node.parent if isinstance(node.parent, exp.Column) else node
        at.parent.set("expressions", at.parent.expressions + [a.copy() for a in aliases])


@rule(exp.CTE)
def materialized(node):
    node.set("materialized", None)


def reduced(node, items, function):
    """list_reduce begins with the first item."""
    first = call("try_element_at", items.copy(), 1)
    return node.replace(call("aggregate", call("slice", items.copy(), 2, call("size", items.copy())), first, function.copy()))


def listed(node, items, n):
    """The macro of that name, of items of any type."""
    most = call("array_join", call("slice", call("array_sort", items.copy()), 1, n.copy()), " ")
    rest = exp.If(this=exp.GT(this=call("size", items.copy()), expression=n.copy()), true=exp.convert(" …"), false=exp.convert(""))
    return node.replace(exp.Paren(this=exp.DPipe(this=most, expression=rest)))


CALLS = {
    "listed": listed,
    "arg_max_null": lambda node, value, by: node.replace(call("max_by", value.copy(), by.copy())),
    "arg_min_null": lambda node, value, by: node.replace(call("min_by", value.copy(), by.copy())),
    "list_reduce": reduced,
    "printf": lambda node, form, value: node.replace(call("number_text", form.copy(), cast(value.copy(), "DOUBLE"))),
    "mad": lambda node, value: macro("list_mad")(node, cast(value, "DOUBLE")),
}


@rule(exp.Anonymous)
def other(node):
    turn = CALLS.get(node.name.lower())
    return turn(node, *node.expressions) if turn else None


def turned(tree):
    """The tree with every rule applied, leaves first."""
    for node in reversed(list(tree.walk())):
        apply = RULES.get(type(node))
        if apply:
            new = apply(node)
            if node is tree and new is not None:
                tree = new
    return tree


def parsed(sql, values):
    """The tree of one statement of DuckDB's; values are those of its parameters, SQL of Spark by name."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        node.replace(sqlglot.parse_one(values[node.name], read="spark"))
    return tree


def to_spark(sql, values=None):
    """One statement of DuckDB's as Spark's; values are those of its parameters, SQL of Spark by name."""
    return turned(parsed(sql, values or {})).sql("spark")


def steps(sql, values, views, prefix):
    """A statement in steps: of each its name, its SQL of Spark, and whether others read it more than once; the last has no name. Spark computes what a WITH names as often as it
    is read, DuckDB once. Steps are the parts of the WITH, under names that begin with prefix, and those views that are read more than once."""
    tree = parsed(sql, values)
    with_ = tree.args.get("with_") or tree.args.get("with")
    parts = {cte.alias: cte.this for cte in with_.expressions} if with_ else {}
    if with_:
        with_.pop()
    trees = list(parts.values()) + [tree]
    readers = {}
    for at, part in enumerate(trees):
        known = set(list(parts)[:at])
        for table in part.find_all(exp.Table):
            if table.name in known or table.name in views:
                readers.setdefault((table.name in known, table.name), []).append(table)
    found = [(prefix + name, f"SELECT * FROM `{name}`", True) for own, name in readers if not own and len(readers[own, name]) > 1]
    for (own, name), tables in readers.items():
        for table in tables if own or len(tables) > 1 else []:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
            table.set("this", exp.to_identifier(prefix + name))
    found += [(prefix + name, turned(part).sql("spark"), len(readers.get((True, name), [])) > 1) for name, part in parts.items()]
    return found + [(None, turned(tree).sql("spark"), False)]


def literal(value, kind):
    """A value of a parameter of this type of DuckDB's as Spark's SQL: text as the command line has it, or None."""
    if value is None:
        return f"CAST(NULL AS {TYPES[kind]})"
    if kind in ("INTEGER", "BIGINT"):
        return str(int(value))
    return f"CAST({exp.convert(str(value)).sql('spark')} AS {TYPES[kind]})"


def nested(kind):
    """A type of DuckDB's as Spark's where it holds others; "" where not. Such columns are JSON in Parquet files that pcaplake writes of an answer."""
    tree = sqlglot.parse_one(f"CAST(NULL AS {kind})", read="duckdb").to
    return tree.sql("spark") if tree.args.get("nested") or tree.this in exp.DataType.NESTED_TYPES else ""


def statements(text):
    """The statements of a text, without semicolons and the comments before them."""
    tokens, found, words = sqlglot.tokenize(text, read="duckdb"), [], []
    for token in tokens + [None]:
        if token is None or token.token_type == sqlglot.TokenType.SEMICOLON:
            if words:
                found.append(text[words[0].start:words[-1].end + 1])
            words = []
        else:
            words.append(token)
    return found


def macros(text):
    """The macros of CREATE MACRO statements: parameters and body by name."""
    found = {}
    for statement in statements(text):
        words = sqlglot.tokenize(statement, read="duckdb")
        if [w.text.upper() for w in words[:2]] == ["CREATE", "MACRO"]:
            close = next(i for i, w in enumerate(words) if w.token_type == sqlglot.TokenType.R_PAREN)
            names = [w.text for before, w in zip(words[3:], words[4:close]) if before.text in "(,"]
            found[words[2].text] = (names, statement[words[close + 1].end + 1:])
    return found
