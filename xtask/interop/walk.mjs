// Walks every page of a COPC file and decodes every node with copc.js; prints what that came to as JSON.
import { Copc } from 'copc'

// copc.js throws for integers beyond 53 bits: such a dimension has no range here.
const number = (get) => {
  try {
    return get()
  } catch (error) {
    if (!String(error).includes('bigint')) throw error
    return NaN
  }
}

const file = process.argv[2]
const copc = await Copc.create(file)
const pages = [copc.info.rootHierarchyPage]
const result = { points: copc.header.pointCount, counted: 0, loaded: 0, pages: 0, nodes: 0, dimensions: {} }
while (pages.length > 0) {
  const { nodes, pages: below } = await Copc.loadHierarchyPage(file, pages.pop())
  result.pages += 1
  pages.push(...Object.values(below))
  for (const node of Object.values(nodes)) {
    result.nodes += 1
    if (node.pointCount === 0) continue
    const view = await Copc.loadPointDataView(file, copc, node)
    result.counted += node.pointCount
    result.loaded += view.pointCount
    for (const name of Object.keys(view.dimensions)) {
      const get = view.getter(name)
      const range = (result.dimensions[name] ??= [Infinity, -Infinity])
      for (let point = 0; point < view.pointCount; point += 1) {
        const value = number(() => get(point))
        if (value < range[0]) range[0] = value
        if (value > range[1]) range[1] = value
      }
    }
  }
}
console.log(JSON.stringify(result))
