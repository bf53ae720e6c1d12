import type { stages as english } from '../en/stages';

/** Texts of the stages in German. */
export const stages: Record<keyof typeof english, string> = {
  'stages.search': 'Nach Namen suchen',
  'stages.kind': 'Art',
  'stages.anyKind': 'Alle Arten',
  'stages.list': 'Liste der Stufen',
  'stages.empty': 'Noch keine Stufen',
  'stages.emptyText': 'Eine Stufe ist ein Schritt eines Ablaufs, etwa eine Anmeldung oder eine E-Mail.',
  'stages.more.one': '+{count} weiterer',
  'stages.more.other': '+{count} weitere',
  'stages.inNone': 'In keinem Ablauf',
  'stages.create': 'Stufe anlegen',
  'stages.createKind': 'Neue Stufe: {kind}',
  'stages.back': 'Alle Stufen',
  'stages.otherKind': 'Andere Art',
  'stages.settings': 'Einstellungen',
  'stages.usedIn': 'Verwendet in Abläufen',
  'stages.provider': 'Anbieter',
  'stages.providerText': 'Füllt Server, Port und Verschlüsselung aus.',
  'stages.ownServer': 'Eigener Mailserver',
  'stages.tests': 'Funktioniert es?',
  'stages.check': 'Verbindung prüfen',
  'stages.checkText':
    'Verbindet und meldet sich mit den gespeicherten Einstellungen an und prüft die Domain des Absenders. Sendet nichts.',
  'stages.testTo': 'Test-E-Mail senden an',
  'stages.test': 'Test-E-Mail senden',
  'stages.testQueued': 'In der Warteschlange.',
  'stages.openMail': 'E-Mail öffnen',
  'stages.transcript': 'Was gesagt wurde',
  'stages.ms': '{count} ms',
};
