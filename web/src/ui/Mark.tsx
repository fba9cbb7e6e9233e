/** The product's mark: two carets meeting on one line. */

interface MarkProps {
  readonly size?: number;
}

export function Mark({ size = 24 }: MarkProps) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="var(--color-accent)" />
      <g
        fill="none"
        stroke="var(--color-on-accent)"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth="2.75"
      >
        <path d="M11.5 10 6 16l5.5 6" />
        <path d="M20.5 10 26 16l-5.5 6" />
        <path d="M16 8.5v15" />
      </g>
    </svg>
  );
}
