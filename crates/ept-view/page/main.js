// The page of `ept view`: puts its parts together.

import { Camera, displayScale } from './camera.js';
import { shownClasses, startClasses } from './classes.js';
import { BoxTool, Clip, PolygonTool } from './clip.js';
import { startCompass } from './compass.js';
import { Controls } from './controls.js';
import { startCursor } from './cursor.js';
import { button, byId, copy, element } from './elements.js';
import { publishFacts } from './facts.js';
import { Units, grouped } from './format.js';
import { Legend } from './legend.js';
import * as link from './link.js';
import { Looker } from './looker.js';
import { Losses } from './losses.js';
import { Overlay } from './overlay.js';
import { Pick, pickAt } from './pick.js';
import { needsValues } from './points.js';
import { Profile } from './profile.js';
import { startProgress } from './progress.js';
import { Ruler } from './ruler.js';
import { startScaleBar } from './scale_bar.js';
import { get, sentence, viewer } from './server.js';
import { startSettings } from './settings.js';
import { Stage } from './stage.js';
import { State, boxOf } from './state.js';
import { startTheme } from './theme.js';
import { Tiles } from './tiles.js';
import { Tools } from './tools.js';

/** Tilt of the first view, in radians from straight down. */
const TILT = 0.9;

/** @param {string|null} problem */
function complain(problem) {
  const node = byId('problem');
  node.hidden = !problem;
  if (node.textContent !== problem) {
    node.textContent = problem;
  }
}

/** What the panel says of the dataset. @param {import('./server.js').Dataset} dataset */
function introduce(dataset) {
  byId('name').textContent = dataset.name;
  byId('name').title = dataset.source;
  document.title = `${dataset.name} – ept view`;
  const crs = [dataset.srs.name, dataset.srs.code].filter(Boolean).join(', ');
  byId('facts').textContent = `${grouped(dataset.points)} points · ${crs || 'unknown coordinate system'}`;
  byId('selection').textContent = dataset.selection;
  byId('selection').hidden = !dataset.selection;
  const fold = button('fold');
  const setFold = (/** @type {boolean} */ isFolded) => {
    byId('panel').classList.toggle('folded', isFolded);
    fold.setAttribute('aria-expanded', String(!isFolded));
  };
  fold.addEventListener('click', () => setFold(fold.getAttribute('aria-expanded') === 'true'));
  setFold(matchMedia('(max-width: 700px)').matches);
}

/** The values that tiles are requested with. @param {import('./server.js').Dataset} dataset @param {State} state @param {string} now */
function payloadOf(dataset, state, now) {
  const start = needsValues(dataset.color) ? dataset.color : (dataset.colors.find(needsValues) ?? dataset.color);
  return needsValues(state.color) ? state.color : now || start;
}

/** @param {import('./server.js').Dataset} dataset */
function start(dataset) {
  introduce(dataset);
  const scale = displayScale(dataset);
  const units = new Units(dataset.srs);
  const state = new State(dataset);
  const reach = dataset.bounds.map((value, i) => Math[i < 3 ? 'min' : 'max'](value, dataset.conforming[i]));
  const camera = new Camera([...scale], reach);
  const stage = new Stage(element('map', HTMLCanvasElement), dataset, camera, state);
  const overlay = new Overlay(element('overlay', HTMLCanvasElement), camera);
  startTheme(() => {
    stage.readTheme();
    overlay.readTheme();
  });

  const view = () => ({ matrix: camera.matrix(), viewport: [stage.canvas.width, stage.canvas.height] });
  const areMoreComing = () => tiles.pending > 0 || !looker.last?.settled;
  const tiles = new Tiles(stage.gl, () => stage.tilesChanged(areMoreComing()), () => looker.look());
  stage.tiles = tiles;
  const looker = new Looker(
    () => ({
      viewer,
      ...view(),
      budget: state.budget,
      minPixels: dataset.minPixels,
      maxDepth: state.depth,
      box: state.clip ? boxOf(state.clip) : null,
    }),
    (look) => {
      losses.set(look.losses);
      tiles.want(look.show, payloadOf(dataset, state, tiles.payload));
    },
    complain,
    () => countPoints(),
  );

  const showProgress = startProgress();
  const countPoints = () =>
    showProgress({
      points: tiles.points,
      arriving: tiles.pending,
      missing: looker.last?.missing ?? 0,
      failing: looker.last?.failing ?? 0,
      isSettled: looker.isSettled && tiles.pending === 0,
    });

  const goTo = (/** @type {number[]} */ box, /** @type {Partial<import('./camera.js').Pose>} */ direction = {}) => {
    const here = camera.pose();
    camera.take({ ...here, ...direction });
    camera.fit(box);
    const there = camera.pose();
    camera.take(here);
    controls.fly(there);
  };
  const losses = new Losses((cell) => goTo(cell));
  const tools = new Tools(stage, byId('tools'), byId('hint'));
  const home = () => goTo(dataset.conforming, { heading: 0, tilt: TILT });
  const controls = new Controls(stage, tools, home);
  const redraw = () => stage.request();
  const pickPixel = (/** @type {[number, number]} */ pixel) => {
    const density = stage.density ?? 1;
    return pickAt({ ...view(), classes: shownClasses(dataset, state.hidden) }, [pixel[0] * density, pixel[1] * density]);
  };
  const exact = (/** @type {[number, number]} */ pixel) => pickPixel(pixel).then((point) => point?.position ?? null, () => null);
  const putDown = () => tools.cancel();
  [
    new Pick(pickPixel, redraw, () => looker.look()),
    new Ruler(scale, units, exact, redraw),
    new Profile(dataset, state, scale, units, redraw),
    new BoxTool(state, putDown),
    new PolygonTool(state, putDown),
  ].forEach((tool) => tools.add(tool));
  tools.choose('pick');
  tools.onPlace = startCursor(dataset);

  const hasCamera = link.read(location.hash, state, camera, dataset);
  if (!hasCamera) {
    camera.tilt = TILT;
    camera.fit(dataset.conforming);
  }
  camera.scale[2] = scale[2] * state.stretch;
  new Legend(dataset, state);
  const clip = new Clip(dataset, state);
  const showClasses = startClasses(dataset, state, tiles.classes);
  startSettings(state);

  const showNorth = startCompass(camera, () => controls.fly({ ...camera.pose(), heading: 0 }));
  const showScale = startScaleBar(camera, units);
  stage.drawings.push(
    () => {
      overlay.begin();
      clip.draw(overlay);
      losses.draw(overlay);
      tools.draw(overlay);
    },
    showClasses,
    showNorth,
    showScale,
    countPoints,
  );

  /** @type {number|undefined} */
  let linkTimer;
  const keepLink = () => {
    clearTimeout(linkTimer);
    linkTimer = setTimeout(() => history.replaceState(null, '', link.write(state, camera)), 250);
  };
  stage.onMove = () => {
    looker.look();
    keepLink();
  };
  state.onChange(() => {
    camera.scale[2] = scale[2] * state.stretch;
    stage.request();
    stage.onMove();
  });
  window.addEventListener('hashchange', () => {
    link.read(location.hash, state, camera, dataset);
    stage.moved();
  });

  startButtons(stage, controls, home, () => link.write(state, camera));
  stage.canvas.addEventListener('webglcontextlost', (event) => event.preventDefault());
  stage.canvas.addEventListener('webglcontextrestored', () => stage.restore());
  publishFacts({ stage, tiles, looker, losses, state });
  looker.look();
}

/**
 * The buttons beside the map.
 * @param {Stage} stage @param {Controls} controls @param {() => void} home @param {() => string} hash
 */
function startButtons(stage, controls, home, hash) {
  const { camera } = stage;
  const zoom = (/** @type {number} */ factor) => {
    stage.aim();
    controls.fly({ ...camera.pose(), distance: camera.distance * factor });
  };
  button('closer').addEventListener('click', () => zoom(1 / 1.6));
  button('farther').addEventListener('click', () => zoom(1.6));
  button('home').addEventListener('click', home);
  const top = button('top');
  top.addEventListener('click', () => {
    stage.aim();
    camera.isTop = !camera.isTop;
    if (!camera.isTop) {
      camera.tilt = TILT;
    }
    stage.moved();
  });
  stage.drawings.push(() => top.setAttribute('aria-pressed', String(camera.isTop)));
  const press = button('link');
  press.addEventListener('click', async () => {
    history.replaceState(null, '', hash());
    await copy(location.href, document.body);
    byId('announced').textContent = 'Link copied';
    press.classList.add('done');
    setTimeout(() => press.classList.remove('done'), 1200);
  });
}

try {
  start(await get('dataset'));
} catch (error) {
  complain(sentence(error));
}
