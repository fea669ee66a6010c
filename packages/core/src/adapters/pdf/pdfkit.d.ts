/** What pdfkit 0.20 does and its published types do not say. */
declare namespace PDFKit {
  namespace Mixins {
    interface PDFFont {
      /** A font that was parsed before: pdfkit takes anything with fontkit's `layout`. */
      registerFont(name: string, font: import("fontkit").Font): this;
    }
    interface StructureElementOptions {
      /** What a table header cell is the header of. */
      scope?: "Column" | "Row";
    }
    interface AnnotationOption {
      structParent?: PDFStructureElement;
    }
  }
}

declare module "bidi-js" {
  /** Embedding levels of a text, one a UTF-16 unit: odd is right to left. */
  interface Levels {
    readonly levels: Uint8Array;
    readonly paragraphs: readonly { readonly start: number; readonly end: number; readonly level: number }[];
  }
  interface Bidi {
    getEmbeddingLevels(text: string, direction?: "ltr" | "rtl" | "auto"): Levels;
    /** Logical indices in visual order; `end` is inclusive. */
    getReorderedIndices(text: string, levels: Levels, start?: number, end?: number): number[];
    getMirroredCharacter(character: string): string | null;
  }
  const bidiFactory: () => Bidi;
  export default bidiFactory;
}
