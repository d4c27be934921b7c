/**
 * Words of states that a table may store as one letter. Acts with an object ("paid", "sold") are left out: they speak of other rows as
 * often as of a state.
 */
export const stateWords: ReadonlySet<string> = new Set(
  (
    'failed fulfilled finished completed complete closed cancelled canceled confirmed pending processing processed partial planned open ' +
    'shipped suspended scheduled settled delivered declined disabled denied dispatched rejected returned refunded resolved retired ' +
    'approved accepted active archived inactive blocked expired void voided queued terminated unpaid'
  ).split(' '),
)
