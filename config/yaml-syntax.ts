import type { YAMLError } from "yaml";

type Said = { readonly message: string; readonly hint?: string };

/** The parser's words are for people who know YAML's grammar; these are for the mistakes people make. */
const plainWords: Partial<Record<YAMLError["code"], Said>> = {
  TAB_AS_INDENT: { message: "a tab is used as indentation", hint: "YAML is indented with spaces" },
  MULTIPLE_DOCS: {
    message: "a second document starts here",
    hint: "one file holds one config: remove the ---",
  },
  RESOURCE_EXHAUSTION: { message: "nested too deeply to be read" },
  NON_STRING_KEY: { message: "a key must be plain text" },
  BAD_SCALAR_START: { message: "a value cannot start with this character", hint: "put it in quotes" },
  TAG_RESOLVE_FAILED: { message: "tags (!…) mean nothing here", hint: "remove it" },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a second ": " in one line', hint: "put the value in quotes" },
};

/** What a parser's error or warning means. */
export const syntaxProblem = (error: YAMLError): Said =>
  plainWords[error.code] ?? { message: `not YAML: ${error.message.split("\n", 1)[0]}` };
