// Package plimsollian translates into Plimsollian, the language of those who load ships.
//
// A word is a run of letters, with the marks that combine with them. Everything else is ballast.
//
//  1. Weigh anchor: the consonants before a word's first vowel go to its end, made fast with "oy": ship, ipshoy.
//  2. A word that begins with a vowel is hailed with "hoy": anchor, anchorhoy.
//  3. A word without a vowel growls "arr": brr, brrarr.
//  4. What follows an apostrophe inside a word is towed along unchanged: don't, ondoy't.
//  5. The flag stays up: Ship, Ipshoy; SHIP, IPSHOY.
//  6. Ballast never shifts: spaces, punctuation, digits and all other signs stay as and where they are.
//
// The vowels are a, e, i, o, u, and y except at the beginning of a word, with or without accents. Letters of other
// scripts are no vowels.
package plimsollian

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// With the accented letters of Latin-1 and Latin Extended-A; a vowel under a combining mark is itself in the text.
const (
	vowels     = "aàáâãäåāăąæeèéêëēĕėęěiìíîïĩīĭįıoòóôõöøōŏőœuùúûüũūŭůűų"
	semivowels = "yýÿŷ"
)

// Translate turns a text into Plimsollian. Bytes that are not UTF-8 become U+FFFD.
func Translate(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	var translation strings.Builder
	translation.Grow(len(text) + len(text)/2)
	for text != "" {
		word := text[:letters(text)]
		if word == "" {
			_, size := utf8.DecodeRuneInString(text)
			translation.WriteString(text[:size])
			text = text[size:]
			continue
		}
		text = text[len(word):]
		towed := text[:tow(text)]
		text = text[len(towed):]
		translation.WriteString(translateWord(word))
		translation.WriteString(towed)
	}
	return translation.String()
}

func translateWord(word string) string {
	anchor := firstVowel(word)
	bow, hull := word[:anchor], word[anchor:]
	call := "oy"
	switch {
	case hull == "":
		call = "arr"
	case bow == "":
		call = "hoy"
	}

	if isShouted(word) {
		return hull + bow + strings.ToUpper(call)
	}
	first, _ := utf8.DecodeRuneInString(word)
	if bow != "" && hull != "" && isCapital(first) {
		bow = mapFirst(unicode.ToLower, bow)
		hull = mapFirst(unicode.ToTitle, hull)
	}
	return hull + bow + call
}

// letters is the length of the run of letters, each with the marks on it, with which a text begins.
func letters(text string) int {
	for i, r := range text {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsMark(r)) {
			return i
		}
	}
	return len(text)
}

// tow is the length of what follows a word and belongs to it: apostrophes, each with letters after it.
func tow(text string) int {
	length := 0
	for {
		r, size := utf8.DecodeRuneInString(text[length:])
		if r != '\'' && r != '’' {
			return length
		}
		tail := letters(text[length+size:])
		if tail == 0 {
			return length
		}
		length += size + tail
	}
}

func firstVowel(word string) int {
	for i, r := range word {
		r = unicode.ToLower(r)
		if strings.ContainsRune(vowels, r) || i > 0 && strings.ContainsRune(semivowels, r) {
			return i
		}
	}
	return len(word)
}

// isShouted says whether a word is in capitals; a single one only begins it.
func isShouted(word string) bool {
	capitals := 0
	for _, r := range word {
		if unicode.IsLower(r) || unicode.IsTitle(r) {
			return false
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return capitals > 1
}

func isCapital(r rune) bool {
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

func mapFirst(mapping func(rune) rune, text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(mapping(r)) + text[size:]
}
