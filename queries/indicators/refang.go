package indicators

import (
	"regexp"
	"strings"
)

// defanged are the ways in which people write indicators so that nobody follows them by accident.
var defanged = strings.NewReplacer(
	"[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[DOT]", ".", `\.`, ".",
	"[:]", ":", "[://]", "://", "[/]", "/", "[@]", "@", "[at]", "@",
)

var (
	defangedScheme = regexp.MustCompile(`^(?i)(?:h(?:xx|\*\*)p|meow)(s?)\[?:\]?//`)
	halfOpen       = regexp.MustCompile(`\[\.|\.\]`)
)

// refang gives a text its working form back: hxxps[:]//evil[.]example is https://evil.example.
func refang(text string) string {
	text = defanged.Replace(strings.TrimSpace(text))
	text = defangedScheme.ReplaceAllString(text, "http$1://")
	return halfOpen.ReplaceAllString(text, ".")
}
