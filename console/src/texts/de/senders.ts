import type { senders as english } from '../en/senders';

/** Texts of the senders in German. */
export const senders: Record<keyof typeof english, string> = {
  'senders.transports': 'Transporte',
  'senders.noTransports': 'Keine benannten Transporte',
  'senders.noTransportsText':
    'E-Mails gehen an den Server ihrer Stufe oder an den der Einstellungen (EMAIL_HOST, EMAIL_URL).',
  'senders.addTransport': 'Transport hinzufügen',
  'senders.addDomain': 'Domain hinzufügen',
  'senders.edit': 'Bearbeiten',
  'senders.editOf': '{name} bearbeiten',
  'senders.deleteOf': '{name} löschen',
  'senders.providerText': 'Füllt die URL aus. Ersetzen Sie, was in spitzen Klammern steht.',
  'senders.rotate': 'Neuer Schlüssel',
  'senders.rotateAsk': 'Neuen Schlüssel für {name} erzeugen?',
  'senders.rotateText':
    'E-Mails werden mit dem aktiven Schlüssel signiert, bis Sie den Eintrag des neuen veröffentlichen und ihn aktivieren.',
  'senders.domains': 'Domains',
  'senders.noDomains': 'Keine Domain signiert E-Mails',
  'senders.noDomainsText':
    'Legen Sie die Domain Ihres Absenders unter /mail/domains/ an, damit Empfänger ihren E-Mails trauen.',
  'senders.signing': 'E-Mails dieser Domain werden mit ihren aktiven Schlüsseln signiert.',
  'senders.noActiveKey':
    'Veröffentlichen Sie diese Einträge beim Anbieter der Domain, dann aktivieren Sie die Schlüssel.',
  'senders.notSigning': 'Das Signieren ist ausgeschaltet.',
  'senders.key.active': 'Aktiv',
  'senders.key.pending': 'Ausstehend',
  'senders.key.retired': 'Abgelöst',
  'senders.record.name': 'Name',
  'senders.record.type': 'Typ',
  'senders.record.value': 'Wert',
  'senders.check': 'Jetzt prüfen',
  'senders.checkOf': '{name} jetzt prüfen',
  'senders.checking': 'Wird geprüft …',
  'check.connect': 'Verbindung',
  'check.greeting': 'Begrüßung',
  'check.ehlo': 'Erweiterungen',
  'check.tls': 'Verschlüsselung',
  'check.starttls': 'Verschlüsselung',
  'check.token': 'Zugriffstoken',
  'check.auth': 'Anmeldung',
  'check.mail': 'Absender',
  'check.request': 'Anfrage',
  'check.domain': 'Domain',
  'senders.activate': 'Schlüssel aktivieren',
  'senders.activateAsk': 'Mit den ausstehenden Schlüsseln von {name} signieren?',
  'senders.activateText':
    'Die Einträge der ausstehenden Schlüssel müssen veröffentlicht sein. Die der alten bleiben noch einige Tage.',
  'senders.level.ok': 'gut',
  'senders.level.warning': 'Warnung',
  'senders.level.error': 'Fehler',
  'senders.level.unknown': 'unbekannt',
};
