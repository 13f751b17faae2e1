/** Values of the sample mapping, for tests only. */

/** The token of the first bar of the sample mapping, 031037-2019-PAMP. */
export const TOKEN = '00903b35b33dc80d9058e53bea6d93acca59e2dbd81e4dd47a346422c51729f2';
