/** Makes a value for a key when it is first asked for, and gives out the same one from then on. */
export function perKey<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
}

/** The same for what has to be asked for: one question for a key, and another one only after a failure. */
export function askedOnce<Subject, Value>(
  keyOf: (subject: Subject) => string,
  ask: (subject: Subject) => Promise<Value>,
): (subject: Subject) => Promise<Value> {
  const asked = new Map<string, Promise<Value>>();
  return (subject) => {
    const key = keyOf(subject);
    const known = asked.get(key);
    if (known !== undefined) return known;
    const question = ask(subject);
    asked.set(key, question);
    question.catch(() => asked.delete(key));
    return question;
  };
}
