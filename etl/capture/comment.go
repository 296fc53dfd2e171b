package capture

// Scope says what a comment is about.
type Scope string

// The scopes of comments.
const (
	ScopeSection   Scope = "section"
	ScopeInterface Scope = "interface"
	ScopeFrame     Scope = "frame"
)

// Comment is one comment of a capture (opt_comment of draft-ietf-opsawg-pcapng).
type Comment struct {
	Scope       Scope
	InterfaceID int32  // ordinal over the whole capture, of the interface or of the frame's; -1 of a section
	Text        string // valid UTF-8
}

// Bounds on the comments that stand between two frames: what is beyond is counted in Info.Comments and not kept.
const (
	maxComments     = 1000
	maxCommentBytes = 1 << 20
)

// Comments returns the comments that Scan met since the frame before, in the order of the file: of sections and interfaces first, then those
// of the frame. After the Scan that returned false it returns those behind the last frame. Between two frames it keeps 1,000 comments and 1 MiB
// of text at most. The slice belongs to the Reader and holds until the next Scan.
func (r *Reader) Comments() []Comment { return r.comments }

// comment counts a comment and keeps it within the bounds.
func (r *Reader) comment(scope Scope, id int32, b []byte) {
	r.info.Comments++
	if len(r.comments) < maxComments && r.commentBytes+len(b) <= maxCommentBytes {
		r.comments = append(r.comments, Comment{scope, id, text(b)})
		r.commentBytes += len(b)
	}
}
