/** The bytes a text of the config stands for: `hex:` and hex digits are those bytes, anything else is UTF-8. */
export const bytesOf = (text: string): Buffer =>
  text.startsWith("hex:") ? Buffer.from(text.slice("hex:".length), "hex") : Buffer.from(text);
