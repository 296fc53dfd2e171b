package reports

import "testing"

func TestCleanSVG(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"root", `<svg xmlns="http://www.w3.org/2000/svg" width="2" viewBox="0 0 2 1"></svg>`, `<svg aria-hidden="true" focusable="false" width="2" viewBox="0 0 2 1"></svg>`},
		{"style attribute", `<text style="font-size:11px;font-family:a, b;cursor:pointer">x</text>`, `<text font-size="11px" font-family="a, b">x</text>`},
		{"font in one", `<text style="font: normal bold 12px sans-serif, x">x</text>`, `<text font-weight="bold" font-size="12px" font-family="sans-serif, x">x</text>`},
		{"ids", `<g clip-path="url(#zr7-c1)"></g><g clip-path="url(#zr7-c0)"></g><clipPath id="zr7-c0"></clipPath>`, `<g clip-path="url(#p-1)"></g><g clip-path="url(#p-2)"></g><clipPath id="p-2"></clipPath>`},
		{"style sheet", `<g><style><![CDATA[.a:hover{fill:red}]]></style><path d="M0 0" class="a" ecmeta_series_index="0"/></g>`, `<g><path d="M0 0"></path></g>`},
		{"fetching", `<path fill="url(https://example.com/a)" d="M0"/><image href="https://example.com"/><use xlink:href="#a"/>`, `<path d="M0"></path>`},
		{"script", `<g onclick="x()"><script>x()</script><a href="javascript:x()"><text>y</text></a></g>`, `<g></g>`},
		{"markup in text", `<text fill="&quot;&gt;&lt;b&gt;">&lt;img src=x onerror=y&gt; &amp;lt;</text>`, `<text fill="&#34;&gt;&lt;b&gt;">&lt;img src=x onerror=y&gt; &amp;lt;</text>`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := cleanSVG(c.in, "p-")
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if _, err := cleanSVG("<svg><g></svg>", ""); err == nil {
		t.Error("a picture that is no XML passes")
	}
}
