/** The same function, which works a thing out once for each object it is asked about: one that never changes. */
export function oncePer<Of extends object, Is>(workOut: (of: Of) => Is): (of: Of) => Is {
  const known = new WeakMap<Of, { readonly is: Is }>();
  return (of) => {
    const found = known.get(of) ?? { is: workOut(of) };
    known.set(of, found);
    return found.is;
  };
}
