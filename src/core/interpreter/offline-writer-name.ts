/** How the built-in writer is chosen, and what people see. */
export const offlineWriterId = 'offline'
export const offlineWriterLabel = 'Built-in interpreter'
