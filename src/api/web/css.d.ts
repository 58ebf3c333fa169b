// Style sheets are bundled as text: the element adopts them, so a strict content security policy lets them in.
declare module '*.css' {
  const text: string;
  export default text;
}
