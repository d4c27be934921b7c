export const look = {
  title: 'Aussehen',
  language: 'Sprache',
  languageAbout:
    'Die Sprache der Schaltflächen und Erklärungen. Antworten und die Wörter Ihrer Daten bleiben, wie sie sind.',
  asBrowser: 'Wie im Browser eingestellt',
  colours: 'Farben',
  coloursAbout:
    'Die Farben aller Seiten. „Wie im System eingestellt“ folgt der Einstellung Ihres Computers oder Telefons.',
  schemes: {
    system: 'Wie im System eingestellt',
    dark: 'Dunkel',
    light: 'Hell',
    'high-contrast': 'Hoher Kontrast',
  },
}

export const settings = {
  about: 'Änderungen werden sofort gespeichert und gelten in allen Ihren Browsern.',
  saved: 'Gespeichert: {label}',
  reset: 'Zurücksetzen',
  resetOne: '{label} zurücksetzen',
  answers: {
    title: 'Antworten',
    output: 'Zuerst anzeigen',
    outputAbout:
      'Der Teil einer Antwort, der offen ist, wenn sie ankommt. Die übrigen sind mit einem Klick zu erreichen.',
    outputs: {
      all: 'Was zur Antwort passt',
      chart: 'Das Diagramm, wenn es eines gibt',
      table: 'Die Tabelle',
      text: 'Nur der Satz, die Zeilen zugeklappt',
    },
    rowLimit: 'Höchstzahl der Zeilen einer Antwort',
    rowLimitAbout:
      'So viele Zeilen holt eine Antwort höchstens. Eine Verbindung kann weniger erlauben. Ohne eigene Angabe sind es {usual}.',
    rowLimitFault: 'Geben Sie eine ganze Zahl von 1 bis {most} ein.',
  },
  running: {
    title: 'Abfragen ausführen',
    autoRun: 'Ohne Rückfrage ausführen',
    autoRunAbout:
      'Eine Abfrage wird Ihnen gezeigt, bevor sie ausgeführt wird. Mit einer Grenze wird eine Abfrage, die nachweislich nur liest und nicht mehr als so viel liest, von selbst ausgeführt. Andere warten weiterhin auf Sie, und eine Verbindung kann strenger sein.',
    ask: 'Jedes Mal fragen',
    runByItself: 'Bis zu einer Grenze von selbst ausführen',
    limit: 'Gigabyte, die eine Abfrage lesen darf',
    unit: 'Gigabyte',
    limitFault: 'Geben Sie die Gigabyte an: mehr als 0 und höchstens eine Million.',
    keepRunning: 'Ohne offene Seite weiterlaufen',
    keepRunningAbout:
      'So lange läuft eine Abfrage weiter, nachdem Sie ihre Seite geschlossen oder die Verbindung zu Floe verloren haben. Danach wird sie angehalten, und Sie können sie noch einmal ausführen. Eine Abfrage, die auf Ihre Entscheidung wartet, läuft nicht und geht nicht verloren.',
    keepRunningFor: {
      0: 'Gleich anhalten (nach einer halben Minute)',
      1: '1 Minute',
      5: '5 Minuten',
      15: '15 Minuten',
      60: 'Eine Stunde',
    },
  },
  formats: {
    title: 'Zahlen und Datum',
    about: 'So schreiben Antworten, Tabellen, Diagramme und Listen sie. An den Daten selbst ändert sich nichts.',
    numbers: 'Zahlen',
    numbersAbout: 'Die Zeichen zwischen den Tausendern und vor den Nachkommastellen.',
    dates: 'Datum',
    datesAbout: 'Reihenfolge und Form von Tag, Monat und Jahr.',
    timeZone: 'Zeitzone',
    timeZoneAbout:
      'Zeitpunkte mit Zeitverschiebung, und wann Sie etwas getan haben, erscheinen so, wie die Uhren dort gehen. Zeitpunkte ohne Zeitverschiebung bleiben, wie sie gespeichert sind.',
    asBrowser: 'Wie im Browser eingestellt: {example}',
    example: 'Zum Beispiel: {number} am {moment}',
  },
  questions: {
    title: 'Neue Fragen',
    connection: 'Standardverbindung',
    connectionAbout:
      'Hier fragt eine neue Unterhaltung. Wo Sie eine Frage eingeben, können Sie eine andere Verbindung wählen.',
    writer: 'Standardverfasser',
    writerAbout: 'Er macht aus Ihren Fragen Abfragen.',
    usedLast: 'Zuletzt benutzt',
    notAvailable: '{name} · nicht verfügbar',
  },
}

export const news = {
  kinds: {
    answered: 'Die Antwort ist da',
    failed: 'Nicht beantwortet',
    ready: 'Die Abfrage wartet auf Ihre Prüfung',
    question: 'Eine Rückfrage',
    stopped: 'Angehalten',
  },
  ownSql: 'Ihr eigenes SQL',
  shortened: '{text} …',
  title: 'Benachrichtigungen',
  label: 'Melden, wenn eine Frage fertig ist',
  about:
    'Wenn eine Ihrer Fragen nach mehr als zehn Sekunden beantwortet ist, sich nicht beantworten lässt oder auf Sie wartet und Sie gerade etwas anderes ansehen, sagt der Browser es Ihnen. Er zeigt, was geschehen ist, und Ihre Frage, aber nichts von den Daten. Ein Tab mit Neuigkeiten hat in jedem Fall ein ● vor seinem Namen.',
  on: 'Benachrichtigungen anzeigen',
  test: 'Probe-Benachrichtigung senden',
  testTitle: 'So meldet sich Floe',
  testBody: 'Hier steht Ihre Frage.',
  tested: 'Gesendet. Sie sehen nichts? Dann hält Ihr System zurück, was dieser Browser anzeigt.',
  notShown: 'Dieser Browser hat sie nicht angezeigt.',
  dismissed: 'Der Browser hat keine Antwort bekommen, ob Floe das darf. Es wurde nichts geändert.',
  allowHere: 'In diesem Browser erlauben',
  standings: {
    default: 'Dieser Browser wurde noch nicht gefragt, ob Floe das darf.',
    denied:
      'Dieser Browser blockiert Benachrichtigungen von Floe. Erlauben Sie sie in den Einstellungen dieser Website, neben der Adresse, und kommen Sie dann auf diese Seite zurück.',
    insecure:
      'Browser zeigen Benachrichtigungen nur von Seiten, die über https oder von diesem Computer kommen. Fragen Sie die Person, die Floe betreibt, nach einer Adresse mit https.',
    unsupported:
      'Dieser Browser kann keine Benachrichtigungen einer Seite anzeigen, wie auf Telefonen und Tablets üblich.',
  },
}
