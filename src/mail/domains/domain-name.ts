const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const domainName = new RegExp(`^(${label}\\.)+${label}$`);

/** Returns why this is not the name of a domain in ASCII and lower case; undefined if it is. */
export function domainNameProblem(name: string): string | undefined {
  return domainName.test(name)
    ? undefined
    : 'Enter a domain in ASCII and lower case, such as library.example or xn--bcher-kva.example.';
}
