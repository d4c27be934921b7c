/** Bytes that grow; the place where rows are written before they leave. */
export class ByteWriter {
  bytes: Uint8Array
  at = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  /** Makes room for `count` more bytes. */
  room(count: number): void {
    if (this.at + count <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count))
    larger.set(this.bytes.subarray(0, this.at))
    this.bytes = larger
  }

  /** Copies a stretch; below some dozen bytes a loop is quicker than a call. */
  copy(from: Uint8Array, start: number, end: number): void {
    const count = end - start
    this.room(count)
    if (count > shortCopy) this.bytes.set(from.subarray(start, end), this.at)
    else {
      const { bytes, at } = this
      for (let offset = 0; offset < count; offset += 1) bytes[at + offset] = from[start + offset] ?? 0
    }
    this.at += count
  }

  /** Writes ASCII text. */
  text(text: string): void {
    this.room(text.length)
    for (let index = 0; index < text.length; index += 1) this.bytes[this.at + index] = text.charCodeAt(index)
    this.at += text.length
  }

  /** Writes a whole number with at least `width` digits, zeros before it. */
  digits(value: number, width: number): void {
    this.room(20)
    let size = width
    for (let limit = 10 ** width; value >= limit; limit *= 10) size += 1
    let rest = value
    for (let index = this.at + size - 1; index >= this.at; index -= 1) {
      const next = Math.floor(rest / 10)
      this.bytes[index] = zero + rest - next * 10
      rest = next
    }
    this.at += size
  }
}

const shortCopy = 40
const zero = 0x30
