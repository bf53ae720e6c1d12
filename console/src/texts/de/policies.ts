import type { policies as english } from '../en/policies';

/** Texts of the policies in German. */
export const policies: Record<keyof typeof english, string> = {
  'nav.policies': 'Richtlinien',
  'policies.list': 'Liste der Richtlinien',
  'policies.empty': 'Noch keine Richtlinien',
  'policies.emptyText':
    'Eine Richtlinie entscheidet, wer durch einen Ablauf oder Schritt kommt oder welche Passwörter angenommen werden.',
  'policies.create': 'Richtlinie anlegen',
  'policies.createKind': 'Neue Richtlinie: {kind}',
  'policies.back': 'Alle Richtlinien',
  'policies.unused': 'Ungenutzt',
  'policies.uses.one': '{count} Verwendung',
  'policies.uses.other': '{count} Verwendungen',
  'policies.usedIn': 'Wo sie verwendet wird',
  'policies.unusedText': 'Noch nirgends verwendet.',
  'policies.stepOf': '{stage} in {flow}',
  'policies.hidden': 'ein anderes Objekt',
  'policies.bind': 'An Ablauf oder Schritt binden',
  'policies.target': 'Ablauf oder Schritt',
  'policies.test': 'Testen',
  'policies.testText':
    'Wertet die gespeicherte Richtlinie für eine Person aus. Nichts wird geändert. Ein zu prüfendes Passwort steht im Kontext: {example}',
  'policies.testRun': 'Test ausführen',
  'policies.passes': 'Bestanden',
  'policies.fails': 'Nicht bestanden',
  'policies.why': 'Was nicht erfüllt ist',
};
