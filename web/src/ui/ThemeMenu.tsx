/** System, light or dark. */

import { Monitor, Moon, Sun } from "lucide-react";

import { useTheme } from "../app/services";
import type { ThemeChoice } from "../theme/ThemeStore";
import { IconButton } from "./Button";
import { Menu, MenuChoice } from "./Menu";

const OPTIONS: readonly { value: ThemeChoice; label: string; icon: React.ReactNode }[] = [
  { value: "system", label: "Like the system", icon: <Monitor size={16} aria-hidden="true" /> },
  { value: "light", label: "Light", icon: <Sun size={16} aria-hidden="true" /> },
  { value: "dark", label: "Dark", icon: <Moon size={16} aria-hidden="true" /> },
];

export function ThemeMenu() {
  const { theme, choose } = useTheme();
  return (
    <Menu
      trigger={
        <IconButton label="Theme" title="Theme">
          {theme.mode === "dark" ? <Moon size={16} /> : <Sun size={16} />}
        </IconButton>
      }
    >
      <ThemeChoices value={theme.choice} onChange={choose} />
    </Menu>
  );
}

interface ThemeChoicesProps {
  readonly value: ThemeChoice;
  readonly onChange: (choice: ThemeChoice) => void;
}

export function ThemeChoices({ value, onChange }: ThemeChoicesProps) {
  return <MenuChoice label="Theme" value={value} onChange={onChange} options={OPTIONS} />;
}
