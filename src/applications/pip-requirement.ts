// One requirement of pip in the form that PEP 508 calls "name-based", without direct references: what is installed comes from the
// configured index alone. https://packaging.python.org/en/latest/specifications/dependency-specifiers/

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';
const EXTRAS = `\\[\\s*(?:${NAME}(?:\\s*,\\s*${NAME})*)?\\s*\\]`;
const CLAUSE = '(?:~=|===|==|!=|<=|>=|<|>)\\s*[A-Za-z0-9][A-Za-z0-9._*+!-]*';
const CLAUSES = `${CLAUSE}(?:\\s*,\\s*${CLAUSE})*`;
const SPECIFIER = new RegExp(`^${NAME}\\s*(?:${EXTRAS})?\\s*(?:${CLAUSES}|\\(\\s*${CLAUSES}\\s*\\))?$`);

const VARIABLE =
  'python_version|python_full_version|os_name|sys_platform|platform_release|platform_system|platform_version|platform_machine|platform_python_implementation|implementation_name|implementation_version|extra';
const OPERAND = `(?:${VARIABLE}|"[^"\\\\]*"|'[^'\\\\]*')`;
const COMPARISON = new RegExp(`^${OPERAND}\\s*(?:~=|===|==|!=|<=|>=|<|>|in\\b|not\\s+in\\b)\\s*${OPERAND}`);

const LONGEST = 300;

/** What is wrong with a pip requirement, as what was expected instead; undefined when nothing is. */
export function pipRequirementFault(text: string): string | undefined {
  if (text.length > LONGEST) return `at most ${LONGEST} characters`;
  if (text.startsWith('-')) return 'a requirement such as "requests>=2.31"; options of pip are not allowed';
  if (/[\r\n]/.test(text)) return 'one requirement on one line';
  if (text.includes('@') || text.includes('://') || /^[./~]|[\\/]/.test(text.split(';')[0] ?? '')) {
    return 'a requirement by name, such as "requests>=2.31"; addresses, repositories and paths are not allowed';
  }
  const [specifier = '', ...markers] = text.split(';');
  if (!SPECIFIER.test(specifier.trim())) return 'one requirement of PEP 508, such as "requests[socks]>=2.31,<3"';
  if (markers.length > 0 && !isMarker(markers.join(';'))) {
    return 'a marker of PEP 508 after ";", such as python_version >= "3.11"';
  }
  return undefined;
}

// A marker is comparisons joined by "and" and "or", in parentheses or not. Precedence does not matter for whether it is legal.
function isMarker(text: string): boolean {
  let rest = text.trim();
  let open = 0;
  for (;;) {
    for (; rest.startsWith('('); open++) rest = rest.slice(1).trimStart();
    const comparison = COMPARISON.exec(rest)?.[0];
    if (comparison === undefined) return false;
    rest = rest.slice(comparison.length).trimStart();
    for (; rest.startsWith(')') && open > 0; open--) rest = rest.slice(1).trimStart();
    const joint = /^(?:and|or)\b\s*/.exec(rest)?.[0];
    if (joint === undefined) return rest === '' && open === 0;
    rest = rest.slice(joint.length);
  }
}
