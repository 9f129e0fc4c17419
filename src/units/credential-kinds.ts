/** Values of the settings about credentials: man systemd.exec, "CREDENTIALS". */
import { type AcceptedKind, list } from './accepted-kind.ts';
import { secretText } from './secret-settings.ts';
import { expandOrWarn } from './value-kind.ts';
import { isBase64, isCredentialName } from './values/identifier.ts';
import { hasParent, simplifyPath } from './values/path.ts';

/** SetCredential=: `name:value`; what is encrypted is base64. */
export function credential(isEncrypted: boolean): AcceptedKind {
  return list('credential', 'whole', (text, context) => {
    const colon = text.indexOf(':');
    if (colon < 0 || colon === text.length - 1) return undefined;
    const name = expandOrWarn(text.slice(0, colon), context);
    if (name === undefined) return '';
    const value = text.slice(colon + 1);
    const isRight = isEncrypted ? isBase64(value) : secretText(value) !== undefined;
    return isCredentialName(name) && isRight ? `${name}:${value}` : undefined;
  });
}

/** LoadCredential=: `name:path`, or a credential of the same name. */
export const loadedCredential: AcceptedKind = list('credential', 'whole', (text, context) => {
  const colon = text.indexOf(':');
  const name = expandOrWarn(colon < 0 ? text : text.slice(0, colon), context);
  if (name === undefined) return '';
  if (!isCredentialName(name)) return undefined;
  if (colon < 0 || colon === text.length - 1) return name;
  const source = expandOrWarn(text.slice(colon + 1), context);
  if (source === undefined) return '';
  const isRight = source.startsWith('/')
    ? simplifyPath(source) === source.replace(/(?!^)\/$/, '') && !hasParent(source)
    : isCredentialName(source);
  return isRight ? `${name}:${source}` : undefined;
});

/** ImportCredential=: a name or the beginning of names, and what it is called then. */
export const importedCredential: AcceptedKind = list('credential or glob', 'whole', (text, context) => {
  const colon = text.indexOf(':');
  const glob = expandOrWarn(colon < 0 ? text : text.slice(0, colon), context);
  if (glob === undefined) return '';
  const stem = glob.replace(/\*$/, '');
  if (glob === '' || /[*?[\]]/.test(stem) || (stem !== '' && !isCredentialName(stem))) return undefined;
  const rename = colon < 0 ? '' : text.slice(colon + 1);
  return rename === '' || isCredentialName(rename) ? text : undefined;
});
