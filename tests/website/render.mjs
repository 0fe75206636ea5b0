// Compiles pages by the real MDX and renders them by the real React, as the site does: a list of {page, data} on
// standard input, a list of {html} or {error} on standard output.
// Belongs here: what the site does with a page. Does not belong here: its components (components.mjs), what is asserted.
import { registerHooks } from 'node:module'
import { text } from 'node:stream/consumers'
import { compile } from '@mdx-js/mdx'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import remarkDirective from 'remark-directive'
import remarkGfm from 'remark-gfm'

const COMPONENTS = new URL('./components.mjs', import.meta.url).href
const asked = JSON.parse(await text(process.stdin))
const compiled = []

// `@site` is the folder of the site. A page and its data live in memory under addresses of our own.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@site/src/components/mdx') return { url: COMPONENTS, shortCircuit: true }
    if (specifier === '@site/static/generated/usps.json')
      return { url: context.parentURL.replace('page:', 'data-of-page:'), shortCircuit: true }
    if (specifier.startsWith('page:')) return { url: specifier, shortCircuit: true }
    const parentURL = context.parentURL?.startsWith('page:') ? import.meta.url : context.parentURL
    return next(specifier, { ...context, parentURL })
  },
  load(url, context, next) {
    const [kind, at] = url.split(':')
    if (kind === 'page') return { format: 'module', source: compiled[at], shortCircuit: true }
    if (kind === 'data-of-page')
      return { format: 'module', source: `export default ${JSON.stringify(asked[at].data)}`, shortCircuit: true }
    return next(url, context)
  },
})

// Docusaurus takes the front matter off before MDX sees the page.
const body = (page) => page.replace(/^---\n.*?\n---\n/s, '')

async function rendered({ page }, at) {
  try {
    const options = { remarkPlugins: [remarkGfm, remarkDirective] }
    compiled[at] = String(await compile({ value: body(page), path: `${at}.mdx` }, options))
    const { default: Content } = await import(`page:${at}`)
    return { html: renderToStaticMarkup(createElement(Content)) }
  } catch (error) {
    return { error: String(error) }
  }
}

console.log(JSON.stringify(await Promise.all(asked.map(rendered))))
