/** The same database as another role. */
export function withLogin(url: string, name: string, password: string): string {
  const result = new URL(url);
  result.username = name;
  result.password = password;
  return result.href;
}
