/** The cookies of a browser, with the CSRF header that its scripts send. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  get(name: string): string | undefined {
    return this.cookies.get(name);
  }

  set(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  copyFrom(other: CookieJar): void {
    for (const [name, value] of other.cookies) this.cookies.set(name, value);
  }

  get size(): number {
    return this.cookies.size;
  }

  /** Returns the request headers: cookies, and the CSRF token if there is one. */
  headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const csrf = this.cookies.get('authentik_csrf');
    return { ...(cookie !== '' && { cookie }), ...(csrf !== undefined && { 'x-authentik-csrf': csrf }) };
  }

  /** Stores the cookies of a response and removes expired ones. */
  keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; max-age=0\b/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
