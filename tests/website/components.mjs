// Components of the names that the theme of the site has, with the properties that a page may give them.
// Belongs here: what the site has. A page that asks for another name does not compile.
import { createElement as h } from 'react'

export const Box = ({ children }) => h('div', { className: 'box' }, children)
export const Grid = ({ xs, md, children }) => h('div', { className: 'grid', 'data-cols': [xs.cols, md.cols] }, children)
Grid.Item = ({ children }) => h('div', { className: 'item' }, children)
export const SectionHeader = ({ title, children }) => h('header', null, h('h2', null, title), children)
export const ShowcaseCard = ({ name, description }) =>
  h('article', null, h('h3', null, name), h('p', null, description))
export const TableView = ({ tableTitle, data }) =>
  h('table', null, h('caption', null, tableTitle), h('tbody', null, data.map(({ title, description }, at) =>
    h('tr', { key: at }, h('th', null, title), h('td', null, description)))))
