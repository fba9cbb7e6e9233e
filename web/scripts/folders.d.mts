export const webDist: string;
export const outDir: string;
export const cacheDir: string;
