// Tells what BuildKit's own parser makes of Dockerfiles: each line of the input is one, as a JSON string,
// and each line of the output its instructions, or the error.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type heredoc struct {
	Name    string `json:"name"`
	Content string `json:"content"`
	Tabs    bool   `json:"tabs"`
	Expands bool   `json:"expands"`
}

type instruction struct {
	Line     int       `json:"line"`
	End      int       `json:"end"`
	Keyword  string    `json:"keyword"`
	Written  string    `json:"written"`
	Flags    []string  `json:"flags"`
	JSON     bool      `json:"json"`
	Values   []string  `json:"values"`
	Comments []string  `json:"comments"`
	Heredocs []heredoc `json:"heredocs"`
}

type answer struct {
	Error        string        `json:"error"`
	Escape       string        `json:"escape"`
	Instructions []instruction `json:"instructions"`
}

func read(text string) answer {
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	found := answer{Escape: string(result.EscapeToken)}
	for _, node := range result.AST.Children {
		one := instruction{
			Line: node.StartLine, End: node.EndLine, Keyword: strings.ToUpper(node.Value), Written: node.Original,
			Flags: node.Flags, JSON: node.Attributes["json"], Comments: node.PrevComment,
		}
		for next := node.Next; next != nil; next = next.Next {
			one.Values = append(one.Values, next.Value)
		}
		for _, each := range node.Heredocs {
			content := each.Content
			if each.Chomp {
				content = parser.ChompHeredocContent(content)
			}
			one.Heredocs = append(one.Heredocs, heredoc{each.Name, content, each.Chomp, each.Expand})
		}
		found.Instructions = append(found.Instructions, one)
	}
	return found
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for input.Scan() {
		var text string
		if err := json.Unmarshal(input.Bytes(), &text); err != nil {
			panic(err)
		}
		if err := output.Encode(read(text)); err != nil {
			panic(err)
		}
	}
}
