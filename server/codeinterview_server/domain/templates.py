"""The starter text of each language's files: short programs that run as they are."""

from typing import Final

JAVASCRIPT: Final = """\
// Returns the n-th Fibonacci number: 0, 1, 1, 2, 3, 5, …
function fibonacci(n) {
  let [current, next] = [0, 1];
  for (let i = 0; i < n; i += 1) {
    [current, next] = [next, current + next];
  }
  return current;
}

for (let n = 0; n <= 10; n += 1) {
  console.log(`fibonacci(${n}) = ${fibonacci(n)}`);
}
"""

PYTHON: Final = '''\
def fibonacci(n: int) -> int:
    """Return the n-th Fibonacci number: 0, 1, 1, 2, 3, 5, …"""
    current, following = 0, 1
    for _ in range(n):
        current, following = following, current + following
    return current


for n in range(11):
    print(f"fibonacci({n}) = {fibonacci(n)}")
'''

HTML: Final = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Greeting card</title>
    <link rel="stylesheet" href="style.css">
  </head>
  <body>
    <main class="card">
      <h1>Hello!</h1>
      <p>Change me, and press Run to see what happens.</p>
      <button id="wave" type="button">Wave</button>
      <p id="count" aria-live="polite"></p>
    </main>
    <script src="script.js"></script>
  </body>
</html>
"""

CSS: Final = """\
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  font-family: system-ui, sans-serif;
  background: linear-gradient(135deg, #dbeafe, #ede9fe);
  color: #1e293b;
}

.card {
  width: min(20rem, 80vw);
  padding: 2rem;
  border-radius: 1rem;
  background: #ffffff;
  box-shadow: 0 1rem 2.5rem rgb(30 41 59 / 15%);
  text-align: center;
}

h1 {
  margin-top: 0;
}

button {
  padding: 0.6rem 1.4rem;
  border: 0;
  border-radius: 999px;
  background: #4338ca;
  color: #ffffff;
  font: inherit;
  cursor: pointer;
}

button:hover {
  background: #3730a3;
}
"""

HTML_SCRIPT: Final = """\
const button = document.querySelector("#wave");
const count = document.querySelector("#count");
let waves = 0;

button.addEventListener("click", () => {
  waves += 1;
  count.textContent = waves === 1 ? "You waved once." : `You waved ${waves} times.`;
  console.log("wave", waves);
});
"""
