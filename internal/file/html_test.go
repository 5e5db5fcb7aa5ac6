package file

import (
	"slices"
	"testing"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, out string }{
		"split over inline tags": {
			"<p>Hej <B CLASS=x>Åsa</B> Öst<i>röm</i>s hund</p>\n<hr>",
			"<p>Hej <B CLASS=x>Åsa</B> Öst<i>röm</i>s hund</p>\n<hr>", // another word
		},
		"split and whole":  {"<p>Hej <B CLASS=x>Åsa</B> Öst<i>röm</i>!</p>\n<hr>", "<p>Hej <B CLASS=x>[dold]</B><i></i>!</p>\n<hr>"},
		"references":       {"<p>&Aring;sa &#214;str&#xf6;m &amp; Bo", "<p>[dold] &amp; Bo"},
		"href":             {`<a href="mailto:asa.ostrom@post.example?subject=a%20b">x</a>`, `<a href="mailto:[mailto]?subject=a%20b">x</a>`},
		"href in percents": {`<a href='mailto:%C3%85sa%20%C3%96str%C3%B6m'>x</a>`, `<a href='mailto:[dold]'>x</a>`},
		"unquoted":         {`<input value=asa.ostrom@post.example name=e>`, `<input value="[mailto]" name=e>`},
		"alt and title":    {`<img alt="Åsa Öström" title='Öström, Åsa' src=a.png>`, `<img alt="[dold]" title='[dold]' src=a.png>`},
		"meta":             {`<meta name="author" content="Åsa Öström"><title>Till Åsa Öström</title>`, `<meta name="author" content="[dold]"><title>Till [dold]</title>`},
		"script":           {`<p>x<script>var n = "Åsa Öström" < 1;</script>`, `<p>x<script>var n = "[dold]" < 1;</script>`},
		"comment":          {`<p>x<!-- Åsa Öström -->`, `<p>x<!-- [dold] -->`},
		"cdata":            {`<?xml version="1.0"?><a><![CDATA[Åsa Öström]]></a>`, `<?xml version="1.0"?><a><![CDATA[[dold]]]></a>`},
		"cut tag":          {`<p>x</p><a href="asa.ostrom@post.example`, `<p>x</p>&lt;a href=&#34;[mailto]`},
		"latin-1":          {"<meta charset=iso-8859-1><p>\xc5sa \xd6str\xf6m \xe5", "<meta charset=iso-8859-1><p>[dold] \xe5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, changed, err := Rewrite([]byte(c.in), func(s string) string {
				if name == "split over inline tags" && s == "Hej Åsa Öströms hund" {
					return s
				}
				return hide(s)
			})
			if err != nil {
				t.Fatal(err)
			}
			if string(out) != c.out || changed != (c.in != c.out) {
				t.Errorf("got %q, want %q", out, c.out)
			}
		})
	}
}

func TestHTMLBlocksEndATextAndInlineTagsDoNot(t *testing.T) {
	t.Parallel()
	got := texts(t, []byte("<table><tr><td>Åsa<td>Öst<b>röm</b></table><p>rad<br>två</p><div>tre</div>"))
	if want := []string{"Åsa", "Öström", "rad\ntvå", "tre"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A charset that lacks the new letters gets references.
func TestHTMLReferences(t *testing.T) {
	t.Parallel()
	out, _, err := Rewrite([]byte("<meta charset=koi8-r><p>\xeb Bo"), func(s string) string {
		if s == "К Bo" {
			return "К Åsa"
		}
		return s
	})
	if err != nil || string(out) != "<meta charset=koi8-r><p>\xeb &#197;sa" {
		t.Errorf("got %q, %v", out, err)
	}
}
