local function html(source, wanted)
  assert.eq(markdown.to_html(source), wanted)
end

test("headings, paragraphs, emphasis and code", function()
  html("# Title\n\nA *b* **c** `d<e`\n", "<h1>Title</h1>\n<p>A <em>b</em> <strong>c</strong> <code>d&lt;e</code></p>\n")
  html("```lua\nif a < b\n```", '<pre><code class="language-lua">if a &lt; b\n</code></pre>\n')
  html("a  \nb\n\n---", "<p>a<br />\nb</p>\n<hr />\n")
  html("> quote", "<blockquote>\n<p>quote</p>\n</blockquote>\n")
end)

test("lists and links", function()
  html("- a\n- b\n  1. c", "<ul>\n<li>a</li>\n<li>b\n<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>\n")
  html('[x](/u "t") ![i](/p.png) <http://a.b>', '<p><a href="/u" title="t">x</a> <img src="/p.png" alt="i" /> <a href="http://a.b">http://a.b</a></p>\n')
  html("[r]\n\n[r]: /ref", '<p><a href="/ref">r</a></p>\n')
end)

test("tables", function()
  html(
    "| a | b |\n|---|:-:|\n| 1 | `x` |",
    "<table>\n<thead>\n<tr>\n<th>a</th>\n<th style=\"text-align:center\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n" ..
      "<td style=\"text-align:center\"><code>x</code></td>\n</tr>\n</tbody>\n</table>\n"
  )
end)

test("strikethrough", function()
  html("~~gone~~", "<p><del>gone</del></p>\n")
end)

test("task lists", function()
  html(
    "- [ ] open\n- [x] done *now*\n- [y] none\n- [ ]none",
    '<ul>\n<li><input disabled="" type="checkbox"/>\nopen</li>\n<li><input disabled="" type="checkbox" checked=""/>\ndone <em>now</em></li>\n' ..
      "<li>[y] none</li>\n<li>[ ]none</li>\n</ul>\n"
  )
  html("[ ] no list", "<p>[ ] no list</p>\n")
  html("1. [X] a\n\n2. [ ]\n   b", '<ol>\n<li>\n<p><input disabled="" type="checkbox" checked=""/>\na</p>\n</li>\n<li>\n<p><input disabled="" type="checkbox"/>\nb</p>\n</li>\n</ol>\n')
end)

test("HTML passes", function()
  html('<div class="x">\n*a*\n</div>\n\nb <b>c</b> &copy; &lt;', '<div class="x">\n*a*\n</div>\n<p>b <b>c</b> © &lt;</p>\n')
end)

test("addresses that stand alone are no links", function()
  html("see http://example.com", "<p>see http://example.com</p>\n")
end)

test("bytes that are not UTF-8 come out as they are", function()
  html("größe €", "<p>größe €</p>\n")
  html("a \xff *b\xc3* &copy; 😀", "<p>a \xff <em>b\xc3</em> © 😀</p>\n")
end)

test("an empty source gives nothing, others end with a line end", function()
  html("", "")
  html("x", "<p>x</p>\n")
  html(">", "<blockquote>\n</blockquote>\n")
end)

test("deep nesting does not end the process", function()
  assert.contains(markdown.to_html((">"):rep(10000) .. "x"), "<blockquote>")
  assert.contains(markdown.to_html(("["):rep(20000)), "[[[")
  assert.contains(markdown.to_html(("*a_"):rep(5000)), "a_")
end)

test("the source must be a string of bounded length", function()
  raises("bad argument #1: error converting Lua nil to String", markdown.to_html)
  raises("error converting Lua table to String", markdown.to_html, {})
  assert.eq(markdown.to_html(42), "<p>42</p>\n")
  raises("markdown.to_html: the source has 16777217 bytes, more than 16777216", markdown.to_html, ("x"):rep(16777217))
end)
