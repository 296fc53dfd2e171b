// Package card pins the modules that the project's card names, at the card's versions, in a module of their own. Its test holds that
// they read what pcaplake writes.
package card

import _ "github.com/urfave/cli/v2" // the one module of the card that pcaplake uses as it is
