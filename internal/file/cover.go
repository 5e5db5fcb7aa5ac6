package file

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Cover writes stars over the texts that find gives in a document which nobody can rewrite, as many bytes as they had: data
// in which lengths stand before texts (serialised objects, certificates) can be read afterwards as before. find is asked
// about each run of text between other bytes and gives from and to, in bytes. What it finds inside something compressed, or
// under a checksum, it does not see, or breaks: that is for whoever asks to know.
func Cover(b []byte, find func(text string) [][2]int) (out []byte, changed bool) {
	out = slices.Clone(b)
	for _, r := range runs(b) {
		for _, at := range find(string(b[r[0]:r[1]])) {
			for i := r[0] + at[0]; i < r[0]+at[1]; i++ {
				out[i] = '*'
			}
			changed = changed || at[0] < at[1]
		}
	}
	return out, changed
}

// runs are the stretches of text in b. A length that happens to be a letter is no part of the word after it, so each
// stretch is given without its first character too; and as lines are parted by a byte that may also be a type, both whole
// and in lines.
func runs(b []byte) [][2]int {
	var out [][2]int
	add := func(from, to int) {
		if to-from < 2 {
			return
		}
		out = append(out, [2]int{from, to})
		_, n := utf8.DecodeRune(b[from:])
		out = append(out, [2]int{from + n, to})
	}
	whole, line := 0, 0
	for i := 0; i <= len(b); {
		r, n := utf8.RuneError, 1
		if i < len(b) {
			r, n = utf8.DecodeRune(b[i:])
		}
		blank := r == '\n' || r == '\r' || r == '\t'
		if ends := r == utf8.RuneError && n == 1 || !blank && !unicode.IsPrint(r); blank || ends {
			add(line, i)
			if ends && line > whole {
				add(whole, i)
			}
			line = i + n
			if ends {
				whole = line
			}
		}
		i += n
	}
	return out
}
