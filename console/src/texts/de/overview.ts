import type { overview as english } from '../en/overview';

/** Texts of the overview in German. */
export const overview: Record<keyof typeof english, string> = {
  'overview.title': 'Übersicht',
  'overview.mails': 'E-Mails',
  'overview.waiting': 'Wartend',
  'overview.failed': 'Gescheitert',
  'overview.sent': 'Gesendet',
  'overview.captured': 'Im lokalen Postfach',
  'overview.oldest': 'älteste {time}',
  'overview.noneWaiting': 'nichts wartet',
  'overview.share': '{percent} aller abgeschlossenen',
  'overview.troubles': 'Server mit Fehlern',
  'overview.failing': 'nimmt nichts an, zuletzt',
  'overview.works': 'nimmt wieder E-Mails an, Fehler',
  'overview.verified': 'Bestätigt',
  'overview.median': 'die Hälfte in {duration}',
  'overview.chart': 'E-Mails nach Zeit',
  'overview.chartText': 'Höchstens {rate} in der Minute, ein Balken je {interval}',
  'overview.part.sent': 'Gesendet',
  'overview.part.waiting': 'Wartend',
  'overview.part.failed': 'Gescheitert',
  'overview.flows': 'Nach Ablauf',
  'overview.flow': 'Ablauf und Stufe',
  'overview.domains': 'Nach Domain der Empfänger',
  'overview.domain': 'Domain',
  'overview.time': 'Dauer',
  'overview.affected.one': '{count} E-Mail',
  'overview.affected.other': '{count} E-Mails',
  'overview.latest': 'Zuletzt gescheitert',
  'overview.noFailures': 'In 24 Stunden ist nichts gescheitert',
  'overview.noFailuresText': 'Jede E-Mail wurde angenommen oder hat noch Versuche.',
  'overview.allFailures': 'Alle gescheiterten',
  'overview.setup': 'Einrichtung',
  'overview.done': 'Erledigt',
  'overview.open': 'Zu tun',
  'overview.unknown': 'Noch unbekannt',
  'overview.nothing': 'Hier gibt es nichts zu sehen',
  'overview.nothingText':
    'Sie sind angemeldet, dürfen aber weder E-Mails noch Personen oder Mailserver sehen. Bitten Sie um Rechte dafür.',

  'setup.server': 'Mailserver',
  'setup.serverSet': 'E-Mails gehen an den Mailserver aus {name}.',
  'setup.serverOfStages':
    'E-Mail-Stufen senden über eigene Mailserver. Einladungen und Kontohinweise bleiben im lokalen Postfach, bis EMAIL_URL gesetzt ist.',
  'setup.serverDone': 'Ein Server hat E-Mails angenommen.',
  'setup.serverLocal':
    'E-Mails bleiben im lokalen Postfach. Setzen Sie EMAIL_URL, etwa smtp://user:password@mail.example.com:587, oder wählen Sie in den E-Mail-Stufen einen Mailserver.',
  'setup.serverUnknown': 'Bisher wurde keine E-Mail verschickt.',
  'setup.domain': 'Domain des Absenders',
  'setup.domainDone': 'E-Mails werden für {name} signiert.',
  'setup.domainPending':
    '{name} hat noch keinen aktiven Schlüssel: Veröffentlichen Sie seinen Eintrag, dann aktivieren Sie ihn.',
  'setup.domainOpen': 'Keine Domain signiert E-Mails. Empfänger halten sie deshalb vielleicht für Spam.',
  'setup.url': 'Verschlüsselte Adresse',
  'setup.urlDone': 'Die Konsole ist über https erreichbar.',
  'setup.urlLocal':
    'Sie erreichen den Dienst nur auf diesem Rechner. Für andere setzen Sie PUBLIC_URL auf eine https-Adresse.',
  'setup.urlOpen': 'Die Konsole wird unverschlüsselt aufgerufen. Setzen Sie PUBLIC_URL auf eine https-Adresse.',
  'setup.password': 'Passwort von akadmin',
  'setup.passwordDone': 'Gesetzt.',
  'setup.passwordOpen':
    'akadmin hat kein Passwort. Setzen Sie eines mit einem Wiederherstellungslink oder dem Link des ersten Starts.',
  'setup.address': 'Adresse von akadmin',
  'setup.addressDone': 'Bestätigt: Das Konto lässt sich per E-Mail wiederherstellen.',
  'setup.addressOpen':
    'akadmin hat keine bestätigte Adresse, eine Wiederherstellung erreicht den Besitzer vielleicht nicht.',
};
