import languageService from "amazon-states-language-service";
import validate from "asl-validator";

const { getLanguageService, TextDocument } = languageService;
const service = getLanguageService({});

const diagnosed = async (definition: unknown): Promise<string[]> => {
  const document = TextDocument.create("machine.asl.json", "json", 1, JSON.stringify(definition, null, 2));
  const found = await service.doValidation(document, service.parseJSONDocument(document));
  return found.map(({ message, range }) => {
    const line = document.getText({
      start: { line: range.start.line, character: 0 },
      end: { line: range.start.line + 1, character: 0 },
    });
    return `${typeof message === "string" ? message : message.value} (${line.trim()})`;
  });
};

/** What two validators of the Amazon States Language say against a definition: asl-validator and the language service of AWS's toolkit. */
export const faultsOf = async (definition: unknown): Promise<string[]> => {
  // It writes into what it is given.
  const result = validate(structuredClone(definition));
  return [...(result.isValid ? [] : [result.errorsText()]), ...(await diagnosed(definition))];
};
