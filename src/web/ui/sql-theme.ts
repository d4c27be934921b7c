import { EditorView } from '@codemirror/view'

/** How the SQL editor looks. Its style sheet stands in the editor's shadow root. */
export const sqlTheme = EditorView.theme(
  {
    '&': { maxHeight: '320px', minHeight: '120px', backgroundColor: 'var(--color-code)', color: 'var(--color-fg)' },
    '&.cm-focused': { outline: 'none' },
    // Drawn over the gutter too, which an outline would pass under.
    '&.cm-focused::after': {
      content: '""',
      position: 'absolute',
      inset: '0',
      zIndex: '300',
      border: '2px solid var(--color-focus)',
      pointerEvents: 'none',
    },
    '.cm-scroller': {
      fontFamily: 'var(--font-mono)',
      fontSize: '13px',
      lineHeight: '1.65',
      fontVariantLigatures: 'none',
      overflow: 'auto',
    },
    '.cm-content': { padding: '12px 0', caretColor: 'var(--color-fg)' },
    '.cm-cursor': { borderLeftColor: 'var(--color-fg)' },
    '.cm-gutters': {
      backgroundColor: 'var(--color-code)',
      color: 'var(--color-fg-3)',
      border: 'none',
      paddingLeft: '6px',
    },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--color-fg) 4%, transparent)' },
    '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
      backgroundColor: 'color-mix(in srgb, var(--color-accent) 45%, transparent) !important',
    },
    '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--color-fg) 14%, transparent)' },
    '.cm-fault': {
      textDecoration: 'underline wavy var(--color-bad)',
      textDecorationSkipInk: 'none',
      textUnderlineOffset: '3px',
      backgroundColor: 'var(--color-bad-bg)',
    },
    '.cm-tooltip': {
      backgroundColor: 'var(--color-raised)',
      color: 'var(--color-fg)',
      border: '1px solid var(--color-line-strong)',
      borderRadius: '8px',
      overflow: 'hidden',
    },
    '.cm-fault-message': { padding: '6px 10px', maxWidth: '420px', fontFamily: 'var(--font-sans)', fontSize: '13px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '13px', maxHeight: '14em' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', lineHeight: '1.5' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      backgroundColor: 'var(--color-accent)',
      color: '#ffffff',
    },
    '.cm-completionDetail': { color: 'var(--color-fg-3)', fontStyle: 'normal', marginLeft: '1em' },
    '[aria-selected] .cm-completionDetail': { color: '#ffffff' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  },
  { dark: true },
)
