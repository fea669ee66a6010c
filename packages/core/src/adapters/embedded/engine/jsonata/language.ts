import type { Json } from "../../../../kernel/index.ts";
import { queryFault } from "../failure.ts";
import { isArray, isObject, type JsonObject } from "../json.ts";
import { type Conclusion, type Frame, type Language, nextOf } from "../language.ts";
import { fill, fillAs, type Names } from "./expression.ts";

const isString = (value: Json): value is string => typeof value === "string";
const isNumber = (value: Json): value is number => typeof value === "number";
const isBoolean = (value: Json): value is boolean => typeof value === "boolean";

/** `$states`, with the result or the error where there is one. */
const namesOf = (frame: Frame, more: JsonObject = {}, context = frame.context): Names => ({
  states: { input: frame.input, context, ...more },
  variables: frame.variables,
  random: frame.random,
  now: frame.enteredAt,
});

interface Ending {
  readonly Output?: Json | undefined;
  readonly Assign?: Json | undefined;
}

/** Output and Assign see the same variables: what is assigned counts from the next state on. */
const concluded = async (frame: Frame, { Output, Assign }: Ending, names: Names, result: Json): Promise<Conclusion> => {
  const output = Output === undefined ? result : await fill(Output, "Output", names);
  const assigned = Assign === undefined ? {} : await fillAs(Assign, "Assign", names, "object", isObject);
  return { output, variables: { ...frame.variables, ...assigned } };
};

/** JSONata, as Step Functions has it. */
export const jsonata: Language = {
  fault: queryFault,
  work: async (frame) => {
    const { Arguments, Type } = frame.state;
    if (Arguments === undefined) return frame.input;
    const given = await fill(Arguments, "Arguments", namesOf(frame));
    if (Type === "Task") frame.note("afterArguments", given);
    return given;
  },
  mapInput: (frame) => frame.input,
  items: async (frame) => {
    const { Items } = frame.state;
    if (Items !== undefined) return fillAs(Items, "Items", namesOf(frame), "array", isArray);
    if (isArray(frame.input)) return frame.input;
    throw queryFault(`Map state input must be an array but was: ${JSON.stringify(frame.input)}`);
  },
  template: (frame, field, template, context) => fill(template, field, namesOf(frame, {}, context)),
  number: async (frame, field) => {
    const given = frame.state[field];
    return given === undefined ? undefined : fillAs(given, field, namesOf(frame), "number", isNumber);
  },
  text: async (frame, field) => {
    const given = frame.state[field];
    return given === undefined ? undefined : fillAs(given, field, namesOf(frame), "string", isString);
  },
  pass: (frame) => concluded(frame, frame.state, namesOf(frame), frame.input),
  moveOn: (frame) => concluded(frame, frame.state, namesOf(frame), frame.input),
  conclude: (frame, result) => concluded(frame, frame.state, namesOf(frame, { result }), result),
  recover: (frame, catcher, error) => concluded(frame, catcher, namesOf(frame, { errorOutput: error }), error),
  choose: async (frame) => {
    const names = namesOf(frame);
    for (const [index, rule] of (frame.state.Choices ?? []).entries()) {
      const condition = rule.Condition ?? null;
      if (await fillAs(condition, `Choices[${index}]/Condition`, names, "boolean", isBoolean))
        return { next: nextOf(rule), ...(await concluded(frame, rule, names, frame.input)) };
    }
    return { next: frame.state.Default, ...(await concluded(frame, frame.state, names, frame.input)) };
  },
};
