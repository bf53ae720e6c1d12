/** The cookies of a browser, and what its scripts make of them. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  get(name: string): string | undefined {
    return this.cookies.get(name);
  }

  set(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  takeFrom(other: CookieJar): void {
    for (const [name, value] of other.cookies) this.cookies.set(name, value);
  }

  get size(): number {
    return this.cookies.size;
  }

  /** What a request is sent with: the cookies, and the token that shows that a page of ours made it. */
  headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const csrf = this.cookies.get('authentik_csrf');
    return { ...(cookie !== '' && { cookie }), ...(csrf !== undefined && { 'x-authentik-csrf': csrf }) };
  }

  /** Takes the cookies of an answer; those that it ends are forgotten. */
  keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; max-age=0\b/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
