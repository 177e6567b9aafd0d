// Package workshop reads a workshop document, written in Markdown for people, as a script: the commands that it tells
// its reader to type, in order, each with the output that it shows. It needs no cluster and no clock.
//
// # What a code block is
//
// The info string is looked at first, then the content; fenced and indented blocks are alike.
//
//   - Where the first line has a prompt, the block is a transcript: commands, each followed by its output. Prompts are
//     "$ ", also without the space before a known command; "user@host:~$ ", "[node1 ~]$ " and the like; and "# ",
//     "% " or "> " before a known command. A "#" is a comment if any other line of the block is a command. All prompts
//     of a block are of one sort, so that a prompt within an output is output. "> " continues an unfinished command.
//   - sh, bash, shell, zsh: commands, unless the first line can be none, such as the header of a table.
//   - console, shell-session, terminal: commands if the first line begins as one does, an output if it begins as none
//     does. In between, what the document does elsewhere decides: its first word may be a command somewhere else, or
//     all other outputs may be marked as such; else it is the output of a command before it that still has none.
//   - no info string: commands if the first line begins with a known command and is no sentence, else an output.
//   - text, output, log: never run. They can show the output of the command before them.
//   - yaml, json and the like: the contents of a file, unless the command before prints such, as "-o yaml" does.
//   - powershell, cmd, fish and prompts like "PS C:\>" are of another shell, all else is of another language.
//
// In a block of commands, a line that cannot be one begins the output of the command before it. Commands go on over
// continued lines, quotes, here-documents, pipes and loops, as a shell would read them.
//
// # What site generators and training platforms add
//
// Of each group of tabs one is followed, by its label the one for Linux, bash, Helm 3 or kubectl, or else the first; the
// others are listed as not covered. Code in shortcodes, tags and directives ("{{< highlight bash >}}", "{{< output >}}",
// "{% highlight %}", ":::code{language=bash}", "{code-block} console") is code as in fences, "{: .output}" after a
// block is its info string, and what "{{execute}}" stands behind is to be run. Code between backquotes is run if it has
// a line of its own and is a command; in a sentence, or as an item of a list without numbers, it is only mentioned.
//
// # What is not run
//
// Commands with placeholders ("<your-name>", "[your namespace]", "$YOUR_NAME") and such as need a person, because they
// open an editor, a window or a shell in a container, are steps with a reason not to run them: see [Step.Unfit]. The
// hint set= says what to put in. What never ends by itself is told by [Lasts].
//
// # What a step is
//
// One command is one step, except that:
//
//   - a block of commands without outputs, and a later transcript of the same ones, are the same steps: they run once.
//     Headings part them, sentences and files between them do not. Spacing, quotes, "-n" for "--namespace" and "=" for
//     a space do not matter. If one word is spelt a little differently, it is one step too, and [Repeat] says so.
//   - a command whose output is shortened by "...", followed by the same command with all of it, is one step.
//   - an output without a command belongs to the block of commands before it if that shows none yet; several commands
//     then become one step. If that block's output ended in "...", the new one continues or replaces it.
//
// What is neither run nor compared is listed as not covered, with its line.
//
// # Hints
//
// What cannot be guessed is in comments that readers do not see, directly before the code block they are for, or at
// the end of the sentence before it. Before the first block, and not directly, they are for all of the document.
//
//	<!-- seatrial: timeout=60s exit=1 -->
//
// Known are skip="reason", timeout=, exit=, requires=feature,feature, output=ignore|exact|contains,
// set="<placeholder>=value", background, setup, teardown and any-order.
package workshop
