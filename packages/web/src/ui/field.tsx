import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";
import { cx } from "./class-names.ts";

const BOX =
  "min-h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-sm text-ink placeholder:text-muted";

const Labelled = ({
  id,
  label,
  children,
  className,
}: {
  readonly id: string;
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}) => (
  <div className={cx("min-w-0", className)}>
    <label htmlFor={id} className="mb-1 block text-xs font-medium text-muted">
      {label}
    </label>
    {children}
  </div>
);

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
}

export const TextField = ({ label, className, ...rest }: TextFieldProps) => {
  const id = useId();
  return (
    <Labelled id={id} label={label} className={className}>
      <input id={id} {...rest} className={BOX} />
    </Labelled>
  );
};

interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly rows?: number;
  readonly maxLength?: number;
}

export const TextArea = ({ label, value, onText, rows = 3, maxLength = 1000 }: TextAreaProps) => {
  const id = useId();
  return (
    <Labelled id={id} label={label}>
      <textarea
        id={id}
        rows={rows}
        required
        maxLength={maxLength}
        value={value}
        onChange={(event) => onText(event.target.value)}
        className={BOX}
      />
    </Labelled>
  );
};

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

export const Select = ({ label, options, className, ...rest }: SelectProps) => {
  const id = useId();
  return (
    <Labelled id={id} label={label} className={className}>
      <select id={id} {...rest} className={BOX}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  );
};
