local function folder(files)
  local dir = fs.tempdir()
  for name, text in pairs(files) do fs.write(dir .. "/" .. name, text) end
  return dir
end

local function fails(text, wanted, vars, options)
  return raises(wanted, template.render_string, text, vars, options)
end

test("render_string fills in variables", function()
  assert.eq(template.render_string("Hello {{ name }}!", { name = "Ada" }), "Hello Ada!")
  assert.eq(template.render_string("no variables"), "no variables")
  assert.eq(template.render_string("[{{ a }}]", nil), "[]")
end)

test("text is UTF-8 on both sides", function()
  assert.eq(template.render_string("Größe {{ s|upper }} {{ s|length }}", { s = "weiß €" }), "Größe WEISS € 6")
end)

test("floats show as floats, integers as integers", function()
  assert.eq(template.render_string("{{ a }} {{ b }} {{ c }}", { a = 1, b = 1.0, c = -0.5 }), "1 1.0 -0.5")
  assert.eq(template.render_string("{{ n + 1 }} {{ 7 / 2 }} {{ 7 // 2 }}", { n = 41.0 }), "42.0 3.5 3")
end)

test("integers keep all their bits", function()
  if engine.name == "fengari" then skip("fengari's integers have 32 bits") end
  assert.eq(
    template.render_string("{{ a }} {{ b }} {{ a - 1 }} {{ a|int }}", { a = math.maxinteger, b = math.mininteger }),
    "9223372036854775807 -9223372036854775808 9223372036854775806 9223372036854775807"
  )
end)

test("nil and false are not the same", function()
  assert.eq(template.render_string("{{ a is defined }} {{ b is defined }} {{ b }}", { b = false }), "false true false")
end)

test("tables are lists or mappings", function()
  local vars = { list = { "a", "b" }, map = { y = 2, x = 1 }, mixed = { "a", k = "v" } }
  assert.eq(template.render_string("{{ list }} {{ map }} {{ list[0] }} {{ mixed['1'] }}{{ mixed.k }}", vars), '["a", "b"] {"x": 1, "y": 2} a av')
end)

test("an empty table is a list, and a mapping where one is needed", function()
  local text = "{{ e }} {{ e|length }} {% for k, v in e.items() %}x{% else %}none{% endfor %} " ..
    "{{ e.get('a', 'd') }} {{ e|items|list }} {{ e|dictsort }} {{ e.keys()|list }}"
  assert.eq(template.render_string(text, { e = {} }), "[] 0 none d [] [] []")
  assert.eq(template.render_string("{{ e }}", { e = json.object() }), "{}")
end)

test("render reads a file, and what it refers to from the file's folder", function()
  local dir = folder({
    ["page.j2"] = '{% extends "base.j2" %}{% block b %}{% include "parts/p.j2" %}{% endblock %}',
    ["base.j2"] = "<{% block b %}{% endblock %}>",
    ["parts/p.j2"] = "{{ x }} {% include 'parts/q.j2' %}",
    ["parts/q.j2"] = "q",
  })
  assert.eq(template.render(dir .. "/page.j2", { x = 1 }), "<1 q>")
  assert.eq(template.render_with_loader(dir, "page.j2", { x = 2 }), "<2 q>")
  assert.eq(template.render_with_loader(dir, "./parts//p.j2", { x = 3 }), "3 q")
end)

test("a file that has changed is read again", function()
  local dir = folder({ ["a.j2"] = "1 {% include 'b.j2' %}", ["b.j2"] = "x" })
  assert.eq(template.render(dir .. "/a.j2"), "1 x")
  fs.write(dir .. "/b.j2", "y")
  assert.eq(template.render(dir .. "/a.j2"), "1 y")
  fs.remove(dir .. "/b.j2")
  raises('template not found: tried to include non-existing template "b.j2" (in a.j2:1)', template.render, dir .. "/a.j2")
end)

test("templates of one folder are not seen in another", function()
  local one = folder({ ["a.j2"] = "{% include 'b.j2' ignore missing %}.", ["b.j2"] = "b" })
  local two = folder({ ["a.j2"] = "{% include 'b.j2' ignore missing %}." })
  assert.eq(template.render(one .. "/a.j2"), "b.")
  assert.eq(template.render(two .. "/a.j2"), ".")
end)

test("no name leads out of the folder", function()
  local dir = folder({
    ["secret"] = "s",
    ["in/up.j2"] = "\n{% include '../secret' %}",
    ["in/computed.j2"] = "{% set f = '..' ~ '/secret' %}{% include f ignore missing %}",
    ["in/absolute.j2"] = "{% include '/etc/hostname' %}",
    ["in/link.j2"] = "{% include 'link' %}",
    ["in/deep.j2"] = "{% import 'sub/secret' as s %}",
    ["in/inside.j2"] = "{% include 'alias' %}",
    ["in/ok"] = "ok",
  })
  os.execute(("ln -s ../secret %s/in/link; ln -s .. %s/in/sub; ln -s ok %s/in/alias"):format(dir, dir, dir))
  raises('"../secret" is outside of the folder of the templates', template.render, dir .. "/in/up.j2")
  raises("(in up.j2:2)", template.render, dir .. "/in/up.j2")
  raises('"../secret" is outside of the folder', template.render, dir .. "/in/computed.j2")
  raises('non-existing template "/etc/hostname"', template.render, dir .. "/in/absolute.j2")
  raises('"link" is outside of the folder', template.render, dir .. "/in/link.j2")
  raises('"sub/secret" is outside of the folder', template.render, dir .. "/in/deep.j2")
  assert.eq(template.render(dir .. "/in/inside.j2"), "ok")
  raises('template.render_with_loader: "../secret" is outside', template.render_with_loader, dir .. "/in", "../secret")
end)

test("a file that is missing is an error with its path", function()
  local path = fs.tempdir() .. "/none.j2"
  raises('template.render: failed to read "' .. path .. '": No such file or directory (os error 2)', template.render, path)
  raises('template.render_with_loader: template not found: there is no "x" in "/nowhere"', template.render_with_loader, "/nowhere", "x")
  raises('template not found: tried to include non-existing template "x.j2" (in <string>:2)', template.render_string, "\n{% include 'x.j2' %}")
end)

test("a file that is not text is an error", function()
  local dir = folder({ ["a.j2"] = "\xff", ["b.j2"] = "{% include 'a.j2' %}" })
  raises("the template is not valid UTF-8", template.render, dir .. "/a.j2")
  raises('failed to read "a.j2": the template is not valid UTF-8 (in b.j2:1)', template.render, dir .. "/b.j2")
  raises("the template is not valid UTF-8", template.render_string, "\xff")
end)

test("the variables must be a table or nil", function()
  raises("template.render_string: second argument must be a table or nil", template.render_string, "x", "y")
  raises("template.render: second argument must be a table or nil", template.render, "x", 1)
  raises("template.render_with_loader: third argument must be a table or nil", template.render_with_loader, "x", "y", 1)
end)

test("what cannot be shown is told by its name", function()
  fails("x", "template.render_string: cannot pass variable 'a.b[2]': a function cannot be shown", { a = { b = { 1, print } } })
  fails("x", "cannot pass variable 's': the string is not valid UTF-8", { s = "\xff" })
  local loop = {}
  loop.self = loop
  fails("x", "cannot pass variable 'l.self': the table contains itself", { l = loop })
  loop = {}
  loop.again = loop
  fails("x", "cannot pass variable 'again': the table contains itself", loop)
  fails("x", "unsupported table key type: boolean", { a = { [true] = 1 } })
  fails("x", "unsupported table key type: boolean", { [true] = 1 })
  local deep = {}
  for _ = 1, 200 do deep = { deep } end
  fails("x", "tables are nested deeper than 128 levels", { d = deep })
end)

test("undefined variables show as nothing, their attributes are an error", function()
  assert.eq(template.render_string("[{{ a }}{{ t.b }}]", { t = { x = 1 } }), "[]")
  fails("line 1\n{{ a.b.c }}", "template.render_string: undefined value: a.b (in <string>:2)")
end)

test("strict makes every undefined variable an error", function()
  fails("a\nb {{ missing }}", "undefined value: missing (in <string>:2)", {}, { strict = true })
  assert.eq(template.render_string("{{ missing|default('x') }}", {}, { strict = true }), "x")
end)

test("autoescape is off unless asked for, whatever the name", function()
  local dir = folder({ ["page.html"] = "{{ x }}{% include 'part.html' %}", ["part.html"] = "{{ x }}" })
  assert.eq(template.render(dir .. "/page.html", { x = "<&>" }), "<&><&>")
  assert.eq(template.render(dir .. "/page.html", { x = "<&>" }, { autoescape = true }), "&lt;&amp;&gt;&lt;&amp;&gt;")
  assert.eq(template.render_string("{{ x|safe }}{{ x }}", { x = "<" }, { autoescape = true }), "<&lt;")
end)

test("options say what becomes of blanks around blocks", function()
  local text = "  {% if true %}\n  x\n  {% endif %}\n"
  assert.eq(template.render_string(text), "  \n  x\n  ")
  assert.eq(template.render_string(text, {}, { trim_blocks = true, lstrip_blocks = true }), "  x\n")
  assert.eq(template.render_string("x\n\n"), "x\n")
  assert.eq(template.render_string("x\n", {}, { keep_trailing_newline = true }), "x\n")
end)

test("errors tell what, in which template and line", function()
  fails("a\n{% if %}", "syntax error: unexpected end of block (in <string>:2)")
  fails("{{ 1|nope }}", "unknown filter: filter nope is unknown (in <string>:1)")
  fails("{{ 1 is nope }}", "unknown test: test nope is unknown (in <string>:1)")
  fails("\n\n{{ nope() }}", "unknown function: nope is unknown (in <string>:3)")
  fails("{{ 'x'.nope() }}", "unknown method: string has no method named nope (in <string>:1)")
  fails("{{ n.zfill(3) }}", "unknown method: no string has no method named zfill (in <string>:1)", { n = 1 })
  fails("{{ 1 + 'a' }}", "tried to use + operator on unsupported types number and string (in <string>:1)")
  fails("{% for x in 5 %}{% endfor %}", "(in <string>:1)")
  fails("{{ 'x'|center('wide') }}", "center: width must be an integer (in <string>:1)")
  fails("{% include 5 %}", "(in <string>:1)")
  fails("{% extends 'x' %}{% extends 'y' %}", "(in <string>:1)")
end)

test("errors of formats are clear", function()
  fails("{{ '%d' % 'x' }}", "format: %d format: a number is required, not a string (in <string>:1)")
  fails("{{ '%s %s' % 'x' }}", "format: not enough arguments for format string")
  fails("{{ '%s'|format('x', 'y') }}", "format: not all arguments converted")
  fails("{{ '{} {}'.format('x') }}", "format: no argument 1 for format string")
  fails("{{ '{x}'.format('x') }}", "format: no argument 'x'")
  fails("{{ '{:d}'.format('x') }}", "format: unknown format code 'd' for a string")
  fails("{{ '{'.format('x') }}", "format: single '{' encountered")
  fails("{{ 'abc'.index('z') }}", "index: substring not found")
  fails("{{ 'x'|wordwrap(0) }}", "wordwrap: width must be above 0")
end)

test("an error in an included template is told where it is", function()
  local dir = folder({
    ["page.j2"] = "\n{% include 'a.j2' %}",
    ["a.j2"] = "\n\n{% include 'b.j2' %}",
    ["b.j2"] = "{% for x in [1, 2] %}\n{{ x }}\n\n{{ y.z.w }}{% endfor %}",
    ["computed.j2"] = "{% set f = 'b' ~ '.j2' %}{% include f %}",
    ["child.j2"] = "{% extends 'base.j2' %}\n{% block c %}{{ super() }}{% endblock %}",
    ["base.j2"] = "\n\n\n{% block c %}\n{{ 1|nope2 }}{{ y.z.w }}{% endblock %}",
    ["base2.j2"] = "\n\n\n{% block c %}\n{{ y.z.w }}{% endblock %}",
    ["child2.j2"] = "{% extends 'base2.j2' %}\n{% block c %}{{ super() }}{% endblock %}",
    ["import.j2"] = "{% from 'lib.j2' import f %}\n{{ f() }}",
    ["lib.j2"] = "\n{% macro f() %}\n{{ y.z.w }}{% endmacro %}",
    ["broken.j2"] = "{% include 'syntax.j2' %}",
    ["syntax.j2"] = "\n{% for %}",
  })
  raises("template.render: undefined value: y.z (in b.j2:4, from page.j2:2)", template.render, dir .. "/page.j2")
  raises("(in b.j2:4, from computed.j2:1)", template.render, dir .. "/computed.j2")
  raises("unknown filter: filter nope2 is unknown (in base.j2:5, from child.j2:2)", template.render, dir .. "/child.j2")
  raises("undefined value: y.z (in base2.j2:5, from child2.j2:2)", template.render, dir .. "/child2.j2")
  raises("undefined value: y.z (in lib.j2:3)", template.render, dir .. "/import.j2")
  raises("(in syntax.j2:2)", template.render, dir .. "/broken.j2")
end)

test("what never ends, or grows without measure, is an error", function()
  fails("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "engine ran out of fuel")
  fails("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion limit exceeded")
  fails(("{{ %s1%s }}"):format(("("):rep(5000), (")"):rep(5000)), "exceeds maximum recursion limits")
  fails("{{ " .. ("1|default("):rep(5000) .. (")"):rep(5000) .. " }}", "exceeds maximum recursion limits")
  fails("{{ 'xxxxxxxxxx' * 1000000000 }}", "needs more than 256 MiB")
  fails("{{ 'x'.ljust(10000000000) }}", "width must be at most")
  fails("{{ '%999999999s' % 'x' }}", "width must be at most")
  local dir = folder({
    ["self.j2"] = "{% include 'self.j2' %}",
    ["a.j2"] = "{% include 'b.j2' %}",
    ["b.j2"] = "{% include 'a.j2' %}",
  })
  raises("templates use each other in a circle, perhaps without end: self.j2 → self.j2 (in self.j2:1)", template.render, dir .. "/self.j2")
  raises("in a circle, perhaps without end: a.j2 → b.j2 → a.j2", template.render, dir .. "/a.j2")
  assert.eq(template.render_string("{{ 'still ' ~ 'works' }}"), "still works")
end)

test("errors can be caught, and others rendered meanwhile", function()
  local ok, err = pcall(template.render_string, "{{ a.b.c }}")
  assert.eq(ok, false)
  assert.contains(tostring(err), "template.render_string: undefined value")
  local one = async.spawn(function() return template.render_string("{{ x }}", { x = 1 }) end)
  local two = async.spawn(function() return template.render_string("{{ x }}", { x = 2 }) end)
  assert.eq(one:await() .. two:await(), "12")
end)

test("options that are not known or of another type", function()
  fails("x", "template.render_string: option 'strict' must be a boolean, got string", {}, { strict = "yes" })
end)

test("numbers are templates too", function()
  assert.eq(template.render_string(42), "42")
end)
