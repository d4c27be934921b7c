export const shell = {
  titleOf: '{page} · Floe',
  pages: {
    history: 'Verlauf',
    data: 'Daten',
    favorites: 'Favoriten',
    account: 'Konto',
    settings: 'Einstellungen',
    people: 'Personen',
    audit: 'Protokoll',
    compare: 'Antworten vergleichen',
  },
  newQuestion: 'Neue Frage',
  newQuestionWithKeys: 'Neue Frage (Strg+Umschalt+O)',
  settingsWithKeys: 'Einstellungen (G, dann S)',
  commands: 'Befehle',
  conversation: 'Unterhaltung',
  caution: 'Antworten können falsch sein. Prüfen Sie das SQL und die Daten.',
  signIn: 'Anmelden',
  skip: { toQuestion: 'Zum Fragefeld springen', toContent: 'Zum Inhalt springen' },
  sidebar: {
    title: 'Seitenleiste',
    hide: 'Seitenleiste ausblenden',
    show: 'Seitenleiste einblenden',
    keys: 'Strg+B',
    width: 'Breite der Seitenleiste',
    home: 'Floe, Startseite',
  },
  account: {
    thisComputer: 'Dieser Computer',
    button: 'Konto: {name}',
    isLocal: 'Floe läuft auf diesem Computer nur für Sie.',
    pages: 'Ihre Seiten',
    signOut: 'Abmelden',
  },
  topBar: {
    commandKeys: 'Strg+K',
    connectionsMissing: 'Ihre gespeicherten Verbindungen fehlen: {problem}',
    needsSignIn: 'Bei {connection} ist niemand angemeldet.',
  },
  commandNames: {
    toggleSidebar: 'Seitenleiste ein- oder ausblenden',
    shortcuts: 'Liste der Tastenkürzel',
    toQuestion: 'Zum Fragefeld',
    ownSql: 'Eigenes SQL schreiben',
    stop: 'Anhalten',
    editLast: 'Letzte Frage bearbeiten',
    copySql: 'SQL der letzten Antwort kopieren',
  },
  sqlCopied: 'SQL kopiert.',
  copyRefused: 'Dieser Browser erlaubt der Seite das Kopieren nicht.',
  keys: { ctrl: 'Strg', shift: 'Umschalt', enter: 'Eingabe' },
  warehouse: 'das Warehouse',
  place: '{name} · {engine}',
  sharedPlace: '{name} · {engine} · geteilt von {owner}',
  sharedPlaceAs: '{name} · {engine} · geteilt von {owner} als {role}',
}

export const problems = {
  askNew: 'Neue Frage stellen',
  lost: 'Unter dieser Adresse gibt es nichts.',
  checkLink: 'Prüfen Sie den Link.',
  crashed: 'Diese Seite konnte nicht angezeigt werden.',
  crashedAction: 'Ihre Unterhaltung ist auf dem Server sicher; laden Sie die Seite neu.',
  noConversation: 'Diese Unterhaltung gibt es nicht.',
  noConversationAction: 'Vielleicht ist der Link falsch, oder sie gehört jemand anderem.',
  unreachable: 'Die Seite konnte Floe nicht erreichen.',
  unreachableAction: 'Prüfen Sie, ob Floe läuft, und versuchen Sie es noch einmal.',
  status: 'Floe hat mit dem Status {status} geantwortet.',
  statusAction: 'Versuchen Sie es gleich noch einmal.',
  rowsFailed: 'Der Browser konnte mit den Zeilen dieser Tabelle nicht arbeiten.',
  rowsFailedAction: 'Laden Sie die Seite neu; schließen Sie andere Seiten, falls dem Computer der Speicher fehlt.',
  refused: 'Floe hat das abgelehnt.',
  refusedAction: 'Laden Sie die Seite neu.',
}

export const ui = {
  tryAgain: 'Noch einmal versuchen',
  cancel: 'Abbrechen',
  loadAgain: 'Seite neu laden',
  partFailed:
    'Dieser Teil konnte nicht angezeigt werden. Der Rest der Seite funktioniert, und was Sie geschrieben haben, bleibt erhalten.',
  connectedAgain: 'Wieder verbunden.',
  toasts: {
    title: 'Meldungen',
    undo: 'Rückgängig',
    close: 'Meldung schließen',
    notUndone: 'Das ließ sich nicht rückgängig machen. Die Seite zeigt, wie es jetzt ist.',
  },
  copy: {
    copy: 'Kopieren',
    copied: 'Kopiert',
    refused: 'Kopieren ist hier nicht erlaubt',
    named: '{action}: {what}',
    refusedAbout:
      'Dieser Browser erlaubt der Seite das Kopieren nicht. Markieren Sie den Text und kopieren Sie ihn selbst.',
  },
  connection: {
    needsSignIn: 'Anmeldung nötig',
    untried: 'Seit dem Start von Floe nicht versucht',
    answered: 'Zuletzt geantwortet: {ago}',
    failed: 'Fehlgeschlagen ({ago}): {failure}',
  },
  welcome: 'Was möchten Sie wissen?',
  welcomeAbout:
    'Fragen Sie in Ihren eigenen Worten. Sie sehen das SQL, bevor es ausgeführt wird, und jede Antwort zeigt ihre Daten.',
  starters: 'Fragen für den Anfang',
  shiftHint: 'Mit gedrückter Umschalttaste klicken, um die Frage vorher zu ändern',
}

export const pages = {
  palette: {
    placeholder: 'Befehle, Fragen, Tabellen und Favoriten suchen',
    found: 'Gefunden',
    nothing: 'Nichts enthält diese Wörter.',
    conversations: 'Unterhaltungen',
    questions: 'Fragen',
    tables: 'Tabellen',
    sqlQuery: 'Abfrage in SQL',
    download: 'Diese Antwort herunterladen …',
    noExports: 'Wer diese Verbindung teilt, erlaubt keinen Export',
    downloadToo: 'Export exportieren als Datei speichern CSV Excel Parquet JSON',
  },
  shortcuts: {
    title: 'Tastenkürzel',
    close: 'Schließen',
    send: 'Die Frage abschicken',
    newLine: 'Eine neue Zeile in der Frage',
    run: 'Die Abfrage ausführen, wenn der Fokus auf ihr liegt',
  },
  settingsTabs: { general: 'Allgemein', connections: 'Verbindungen', models: 'Modelle' },
  pages: 'Seiten',
  favorite: 'Favorit',
  noFavorite:
    'Mit dem Stern unter einer Antwort behalten Sie diese: mit ihrer Abfrage, ihrem Ergebnis und einem Weg, sie erneut auszuführen. Was Sie behalten, steht in der Seitenleiste.',
  signIn: {
    title: 'Bei Floe anmelden',
    about:
      'Befragen Sie die Daten Ihres Unternehmens in Ihren eigenen Worten. Melden Sie sich mit dem Konto an, das Sie bei der Arbeit verwenden.',
    ended: 'Sie wurden abgemeldet',
    endedAbout:
      'Ihre Sitzung ist beendet. Was Sie geschrieben haben, bleibt erhalten: Melden Sie sich an, und Sie sind damit wieder hier.',
  },
}

export const choices = {
  roles: {
    viewer: { name: 'Leser', may: 'sieht nur Eigenes und stellt keine Fragen' },
    member: { name: 'Mitglied', may: 'stellt Fragen und legt Verbindungen an' },
    admin: {
      name: 'Administrator',
      may: 'stellt Fragen, legt Verbindungen an, verwaltet Personen und liest das Protokoll',
    },
  },
  feedbackReasons: {
    wrong_numbers: 'Die Zahlen stimmen nicht',
    wrong_data: 'Es wurden die falschen Daten betrachtet',
    misunderstood: 'Meine Frage wurde falsch verstanden',
    hard_to_read: 'Schwer zu lesen',
    too_slow: 'Es hat zu lange gedauert',
    other: 'Etwas anderes',
  },
}
