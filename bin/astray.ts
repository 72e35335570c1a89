/**
 * What to say where DNS does not lead to a hosted zone for a name: another zone has the same name, or the name lies in one
 * below that it is delegated to. What is changed there nobody would be answered. None where DNS leads to it, where it is
 * private, and where nobody can say from here.
 *
 * @param ours the zone's name servers, as Route 53 has them; none of a private zone
 * @param serversOf the name servers of the zone that a name is in, by DNS alone
 */
export async function astray(
  name: string,
  zone: string,
  ours: () => Promise<readonly string[]>,
  serversOf: (name: string) => Promise<readonly string[]>,
): Promise<string | undefined> {
  try {
    const own = (await ours()).map(plain);
    if (own.length === 0) return undefined;
    // Whoever looks for a zone begins above the name that he is given.
    const found = (await serversOf(name === zone ? `_.${zone}` : name)).map(plain);
    if (found.some((server) => own.includes(server))) return undefined;
    return (
      `asks ${found.join(", ")} for ${name}, and this zone's name servers are ${own.join(", ")}: ` +
      "unless they are the same by other names, nobody is answered what is changed here; look at zoneId"
    );
  } catch {
    return undefined;
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, "");
