package plimsollian

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The rules, spelled out.
func TestTranslate(t *testing.T) {
	tests := map[string][]struct{ text, want string }{
		"consonants before the first vowel go to the end, made fast with oy": {
			{"ship", "ipshoy"},
			{"schooner", "oonerschoy"},
			{"a ship sinks", "ahoy ipshoy inkssoy"},
		},
		"a word that begins with a vowel is hailed with hoy": {
			{"anchor", "anchorhoy"},
			{"a", "ahoy"},
			{"oar", "oarhoy"},
		},
		"a word without a vowel growls arr": {
			{"brr", "brrarr"},
			{"x", "xarr"},
		},
		"y is a vowel except at the beginning": {
			{"yacht", "achtyoy"},
			{"rhythm", "ythmrhoy"},
			{"y", "yarr"},
			{"ŷy", "yŷoy"},
		},
		"what follows an apostrophe is towed along unchanged": {
			{"don't", "ondoy't"},
			{"don’t", "ondoy’t"},
			{"O'Brien", "Ohoy'Brien"},
			{"rock'n'roll", "ockroy'n'roll"},
			{"DON'T", "ONDOY'T"},
		},
		"an apostrophe outside a word is ballast": {
			{"the crew's' ", "ethoy ewcroy's' "},
			{"'tis", "'istoy"},
			{"dogs' 'ship'", "ogsdoy' 'ipshoy'"},
			{"don''t", "ondoy''tarr"},
		},
		"a capital stays at the beginning": {
			{"Ship", "Ipshoy"},
			{"Anchor", "Anchorhoy"},
			{"Brr", "Brrarr"},
			{"I", "Ihoy"},
			{"ǅuro", "Uroǆoy"},
		},
		"a shouted word stays shouted": {
			{"SHIP", "IPSHOY"},
			{"SOS", "OSSOY"},
			{"ÅÄ", "ÅÄHOY"},
			{"BRR!", "BRRARR!"},
		},
		"other capitals stay on their letters": {
			{"McDonald", "OnaldmcDoy"},
			{"iPhone", "iPhonehoy"},
			{"sHIP", "IPsHoy"},
		},
		"ballast never shifts": {
			{"", ""},
			{" \t\r\n\u00a0\u2003", " \t\r\n\u00a0\u2003"},
			{"1876: 9,5 m?!", "1876: 9,5 marr?!"},
			{"ship-to-ship", "ipshoy-otoy-ipshoy"},
			{"3rd_mate", "3rdarr_atemoy"},
			{"⚓ ship ⛵️🏴‍☠️", "⚓ ipshoy ⛵️🏴‍☠️"},
			{"Full ahead,\n\tMr. Sulu!", "Ullfoy aheadhoy,\n\tMrarr. Ulusoy!"},
		},
		"accents are part of their letter": {
			{"bébé", "ébéboy"},
			{"be\u0301be\u0301", "e\u0301be\u0301boy"},
			{"s\u0323\u0307hip", "ips\u0323\u0307hoy"},
			{"n\u0303a", "an\u0303oy"},
			{"Ärger Œuvre", "Ärgerhoy Œuvrehoy"},
			{"Ñandú", "Andúñoy"},
			{"N\u0303a", "An\u0303oy"},
			{"Straße", "Aßestroy"},
		},
		"a mark that combines with no letter is ballast": {
			{"\u0301ship", "\u0301ipshoy"},
			{"5\u20e3ship", "5\u20e3ipshoy"},
		},
		"other scripts have no vowels that we know": {
			{"корабль", "корабльarr"},
			{"КОРАБЛЬ", "КОРАБЛЬARR"},
			{"船", "船arr"},
			{"नाव", "नावarr"},
			{"سفينة!", "سفينةarr!"},
		},
		"what is not UTF-8 becomes U+FFFD": {
			{"sh\xffip", "sharr\ufffdiphoy"},
			{"\xed\xa0\x80", "\ufffd"},
		},
	}
	for rule, examples := range tests {
		t.Run(rule, func(t *testing.T) {
			for _, example := range examples {
				if got := Translate(example.text); got != example.want {
					t.Errorf("%q: got %q, want %q", example.text, got, example.want)
				}
			}
		})
	}
}

func TestAccentedVowelsAreVowelsInBothForms(t *testing.T) {
	for _, vowel := range vowels {
		for _, r := range []rune{vowel, unicode.ToUpper(vowel)} {
			if got, want := Translate(string(r)), string(r)+"hoy"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}

// Whatever the text, these hold. `go test` tries the seeds; `go test -fuzz=. ./internal/plimsollian` goes on from them.
func FuzzTranslate(f *testing.F) {
	for _, seed := range []string{
		"", "Ship ahoy!", "don't GIVE up the 'ship'", "be\u0301be\u0301 \u0301x", "корабль 船", "\xff\xfe", "a\xff\u0301b",
		"\u212a\u0130\u01c5", "⛵️🏴‍☠️", "''''", "\x00\u200d",
	} {
		f.Add(seed, "x")
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		translation := Translate(text)
		if !utf8.ValidString(translation) {
			t.Errorf("%q: %q is not UTF-8", text, translation)
		}

		valid := strings.ToValidUTF8(text, "\ufffd")
		if got, want := ballast(translation), ballast(valid); got != want {
			t.Errorf("%q: the ballast shifted: got %q, want %q", text, got, want)
		}

		// A call of two or three letters to each word; a towed run has none and is counted as a word here.
		words := len(strings.FieldsFunc(valid, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }))
		grown := utf8.RuneCountInString(translation) - utf8.RuneCountInString(valid)
		if grown < 0 || grown > 3*words {
			t.Errorf("%q: %d letters more for %d words", text, grown, words)
		}

		if got, want := Translate(text+" "+other), translation+" "+Translate(other); got != want {
			t.Errorf("%q and %q: together %q, one by one %q", text, other, got, want)
		}
	})
}

// ballast is a text without its letters and marks.
func ballast(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return -1
		}
		return r
	}, text)
}

func BenchmarkTranslateOneMegabyte(b *testing.B) {
	text := strings.Repeat("Load her to the line, don't overload her! ", 1<<20/42)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Translate(text)
	}
}
